#include "Hdf5.h"

#include <algorithm>

namespace tensorview::hdf5
{

namespace
{

void closeById(hid_t id)
{
  switch (H5Iget_type(id))
  {
    case H5I_FILE:
      H5Fclose(id);
      break;
    case H5I_GROUP:
      H5Gclose(id);
      break;
    case H5I_DATASET:
      H5Dclose(id);
      break;
    case H5I_DATASPACE:
      H5Sclose(id);
      break;
    case H5I_DATATYPE:
      H5Tclose(id);
      break;
    case H5I_ATTR:
      H5Aclose(id);
      break;
    case H5I_GENPROP_LST:
      H5Pclose(id);
      break;
    case H5I_BADID:
      break; // at the end of the program, HDF5 may have closed it already
    default:
      H5Idec_ref(id);
  }
}

/// Rows of a data set that may be read at once: libhdf5 takes kilobytes for each chunk that a
/// reading touches, and there may be one for each value. Whole chunks.
hsize_t rowsAtOnce(hid_t dataset, const Extents& count)
{
  constexpr hsize_t mostChunks = 4096;
  hsize_t values = 1;
  for (const hsize_t extent : count)
  {
    values *= extent;
  }
  if (values <= mostChunks)
  {
    return H5S_UNLIMITED;
  }
  const Handle creation(H5Dget_create_plist(dataset));
  Extents chunk(count.size());
  if (H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) !=
      static_cast<int>(chunk.size()))
  {
    return H5S_UNLIMITED;
  }
  hsize_t chunksOfRow = 1;
  for (std::size_t axis = 1; axis < count.size(); ++axis)
  {
    chunksOfRow *= (count[axis] - 1) / chunk[axis] + 1;
  }
  const hsize_t most = std::max<hsize_t>(1, mostChunks / chunksOfRow);
  return most > count[0] / chunk[0] ? H5S_UNLIMITED : most * chunk[0];
}

bool readSlab(hid_t dataset, hid_t memoryType, hid_t space, const Extents& start,
  const Extents& count, void* to)
{
  const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr));
  return memory &&
         H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >=
           0 &&
         H5Sselect_valid(space) > 0 &&
         H5Dread(dataset, memoryType, memory, space, H5P_DEFAULT, to) >= 0;
}

} // namespace

void Handle::close()
{
  if (this->id_ < 0)
  {
    return;
  }
  // Every HDF5 call clears the error stack; what went wrong before is still to be told.
  const hid_t errors =
    H5Eget_num(H5E_DEFAULT) > 0 ? H5Eget_current_stack() : static_cast<hid_t>(H5I_INVALID_HID);
  closeById(std::exchange(this->id_, H5I_INVALID_HID));
  if (errors >= 0)
  {
    H5Eset_current_stack(errors);
  }
}

Silence::Silence()
{
  H5Eget_auto2(H5E_DEFAULT, &this->function_, &this->data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Silence::~Silence()
{
  H5Eset_auto2(H5E_DEFAULT, this->function_, this->data_);
}

std::string reason()
{
  std::string text;
  // The stack is walked from the place where the problem arose; the first description is the most
  // telling one.
  H5Ewalk2(
    H5E_DEFAULT, H5E_WALK_UPWARD,
    [](unsigned, const H5E_error2_t* entry, void* data) -> herr_t
    {
      auto& result = *static_cast<std::string*>(data);
      if (result.empty() && entry->desc)
      {
        result = entry->desc;
      }
      return 0;
    },
    &text);
  return text.empty() ? "HDF5 gives no reason" : text;
}

Extents extents(hid_t dataset)
{
  const Handle space(H5Dget_space(dataset));
  const int rank = space ? H5Sget_simple_extent_ndims(space) : -1;
  if (rank <= 0)
  {
    return {};
  }
  Extents result(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space, result.data(), nullptr);
  return result;
}

bool readBlock(
  hid_t dataset, hid_t memoryType, const Extents& start, const Extents& count, void* to)
{
  if (std::find(count.begin(), count.end(), hsize_t(0)) != count.end())
  {
    return true;
  }
  const Handle file(H5Dget_space(dataset));
  if (!file)
  {
    return false;
  }
  hsize_t rowBytes = H5Tget_size(memoryType);
  for (std::size_t axis = 1; axis < count.size(); ++axis)
  {
    rowBytes *= count[axis];
  }
  const hsize_t atOnce = rowsAtOnce(dataset, count);
  const hsize_t end = start[0] + count[0];
  char* piece = static_cast<char*>(to);
  for (hsize_t row = start[0]; row < end;)
  {
    Extents from = start;
    Extents part = count;
    from[0] = row;
    part[0] = std::min(end, (row / atOnce + 1) * atOnce) - row;
    if (!readSlab(dataset, memoryType, file, from, part, piece))
    {
      return false;
    }
    piece += part[0] * rowBytes;
    row += part[0];
  }
  return true;
}

} // namespace tensorview::hdf5
