#include "GrowingDataset.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tensorview
{
namespace
{

using hdf5::Extents;
using hdf5::Handle;

/// Chunk cache of a data set: the chunks of its newest rows and of those just before. Tensors come
/// in whole chunks and go past it.
Handle accessList(const DatasetPlan& plan)
{
  Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  std::uint64_t chunkBytes = sizeOf(plan.element);
  for (const std::uint64_t extent : plan.chunk)
  {
    chunkBytes *= extent;
  }
  const std::uint64_t bytes = plan.cached ? 2 * plan.frontBytes() : 0;
  const std::uint64_t slots = plan.cached ? 101 + 20 * (bytes / chunkBytes) : 0;
  H5Pset_chunk_cache(access, slots, bytes, 1.0);
  return access;
}

Handle creationList(const DatasetPlan& plan)
{
  Handle creation(H5Pcreate(H5P_DATASET_CREATE));
  const Extents chunk(plan.chunk.begin(), plan.chunk.end());
  H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  H5Pset_obj_track_times(creation, false); // the same run gives the same bytes
  if (plan.element == Element::Float32 || plan.element == Element::Float64)
  {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &nan);
  }
  return creation;
}

Handle linkList()
{
  Handle links(H5Pcreate(H5P_LINK_CREATE));
  H5Pset_char_encoding(links, H5T_CSET_UTF8);
  return links;
}

/// The groups above `path`. HDF5 would make them by itself, but with the time of day in them.
void makeGroupsAbove(hid_t file, const std::string& path, hid_t links)
{
  const Handle creation(H5Pcreate(H5P_GROUP_CREATE));
  H5Pset_obj_track_times(creation, false);
  for (std::size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
  {
    const std::string group = path.substr(0, end);
    if (H5Lexists(file, group.c_str(), H5P_DEFAULT) <= 0)
    {
      const Handle made(H5Gcreate2(file, group.c_str(), links, creation, H5P_DEFAULT));
    }
  }
}

} // namespace

hid_t fileType(Element element)
{
  switch (element)
  {
    case Element::Float32:
      return H5T_IEEE_F32LE;
    case Element::Float64:
      return H5T_IEEE_F64LE;
    case Element::Int64:
      return H5T_STD_I64LE;
    case Element::UInt32:
      return H5T_STD_U32LE;
    case Element::UInt16:
      return H5T_STD_U16LE;
    case Element::UInt8:
      break;
  }
  return H5T_STD_U8LE;
}

hid_t memoryType(Element element)
{
  switch (element)
  {
    case Element::Float32:
      return H5T_NATIVE_FLOAT;
    case Element::Float64:
      return H5T_NATIVE_DOUBLE;
    case Element::Int64:
      return H5T_NATIVE_INT64;
    case Element::UInt32:
      return H5T_NATIVE_UINT32;
    case Element::UInt16:
      return H5T_NATIVE_UINT16;
    case Element::UInt8:
      break;
  }
  return H5T_NATIVE_UINT8;
}

GrowingDataset::GrowingDataset(hid_t file, DatasetPlan plan)
  : plan_(std::move(plan))
{
  Extents now{ 0 };
  for (const std::uint64_t extent : this->plan_.row)
  {
    now.push_back(extent);
    this->valuesPerRow_ *= extent;
  }
  Extents most = now;
  std::fill_n(most.begin(), std::min(this->plan_.unlimited, most.size()), H5S_UNLIMITED);
  const Handle space(H5Screate_simple(static_cast<int>(now.size()), now.data(), most.data()));
  const Handle links = linkList();
  makeGroupsAbove(file, this->plan_.path, links);
  this->dataset_ = Handle(H5Dcreate2(file, this->plan_.path.c_str(), fileType(this->plan_.element),
    space, links, creationList(this->plan_), accessList(this->plan_)));
}

bool GrowingDataset::reopen(hid_t file)
{
  this->dataset_ = Handle(H5Dopen2(file, this->plan_.path.c_str(), accessList(this->plan_)));
  return this->ok();
}

bool GrowingDataset::append(std::uint64_t count, const void* values)
{
  if (count == 0)
  {
    return true;
  }
  Extents size{ this->rows_ + count };
  size.insert(size.end(), this->plan_.row.begin(), this->plan_.row.end());
  if (H5Dset_extent(this->dataset_, size.data()) < 0)
  {
    return false;
  }
  const std::uint64_t first = std::exchange(this->rows_, this->rows_ + count);
  return !values || this->write(first, count, values);
}

bool GrowingDataset::rewrite(std::uint64_t count, const void* values)
{
  return count <= this->rows_ && this->write(0, count, values);
}

bool GrowingDataset::write(std::uint64_t first, std::uint64_t count, const void* values)
{
  Extents start{ first };
  Extents block{ count };
  start.resize(1 + this->plan_.row.size(), 0);
  block.insert(block.end(), this->plan_.row.begin(), this->plan_.row.end());
  const Handle target(H5Dget_space(this->dataset_));
  const Handle memory(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr));
  return target && memory &&
         H5Sselect_hyperslab(
           target, H5S_SELECT_SET, start.data(), nullptr, block.data(), nullptr) >= 0 &&
         H5Dwrite(this->dataset_, memoryType(this->plan_.element), memory, target, H5P_DEFAULT,
           values) >= 0;
}

} // namespace tensorview
