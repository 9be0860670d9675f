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
  const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr));
  return file && memory &&
         H5Sselect_hyperslab(file, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr) >=
           0 &&
         H5Sselect_valid(file) > 0 &&
         H5Dread(dataset, memoryType, memory, file, H5P_DEFAULT, to) >= 0;
}

} // namespace tensorview::hdf5
