#include "ForeignHdf5.h"

#include "Hdf5Array.h"
#include "Hdf5Texts.h"
#include "NaturalOrder.h"
#include "RangeDriver.h"
#include "RunFormat.h"
#include "TensorFileError.h"
#include "TensorGeometry.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

namespace tensorview
{
namespace
{

using hdf5::Handle;

/// More than any network has; each costs a few hundred bytes of memory.
constexpr std::size_t mostLinks = 1'000'000;

/// Longer than the groups of any network nest.
constexpr std::size_t longestPath = 4096;

/// HDF5 keeps this much of the inflated chunks of the array that is being read.
constexpr std::size_t cacheBytes = std::size_t(64) << 20;

/// How often HDF5 reads a description whose check sum is wrong, sleeping twice as long each time.
/// (Its own default, 100, never ends on a damaged file.)
constexpr unsigned readAttempts = 10;

struct Link
{
  std::string name;
  H5L_type_t type = H5L_TYPE_ERROR;
};

/// The links of a group; their number is bounded, and HDF5 walks them without opening anything.
std::vector<Link> linksOf(hid_t group, std::size_t most)
{
  struct Found
  {
    std::vector<Link> links;
    std::size_t most;
  } found{ {}, most };
  const auto add = [](hid_t /*group*/, const char* name, const H5L_info_t* info, void* data)
  {
    auto& into = *static_cast<Found*>(data);
    if (into.links.size() >= into.most)
    {
      return static_cast<herr_t>(-1);
    }
    into.links.push_back({ name, info->type });
    return static_cast<herr_t>(0);
  };
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &found) < 0)
  {
    throw TensorFileError(found.links.size() >= most
                            ? "it has more than " + std::to_string(mostLinks) +
                                " arrays and groups, more than TensorView reads"
                            : "its groups cannot be read: " + printableText(hdf5::reason()) +
                                "; it is damaged, take another copy");
  }
  return std::move(found.links);
}

std::string linkProblem(H5L_type_t type)
{
  return std::string("is a link to ") +
         (type == H5L_TYPE_EXTERNAL ? "another file" : "another place") +
         ", which TensorView does not follow; " +
         (type == H5L_TYPE_EXTERNAL ? "open that file" : "look for the array under its own name");
}

/// Strides of an array in C order, in elements.
std::vector<std::uint64_t> cStrides(const std::vector<std::int64_t>& shape)
{
  std::vector<std::uint64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;)
  {
    strides[axis - 1] = strides[axis] * static_cast<std::uint64_t>(shape[axis]);
  }
  return strides;
}

/// A box of an array.
struct Box
{
  hdf5::Extents start;
  hdf5::Extents count;
  std::uint64_t elements = 0;
};

/// The largest box that begins at element `first` and whose elements, at most `most`, follow each
/// other in C order. There is at least one axis, and no extent is 0.
Box boxAt(const std::vector<std::int64_t>& shape, std::uint64_t first, std::uint64_t most)
{
  const std::vector<std::uint64_t> strides = cStrides(shape);
  std::size_t axis = 0;
  while (axis + 1 < shape.size() && (first % strides[axis] != 0 || most < strides[axis]))
  {
    ++axis;
  }
  Box box;
  for (std::size_t i = 0; i < shape.size(); ++i)
  {
    const auto extent = static_cast<std::uint64_t>(shape[i]);
    box.start.push_back(first / strides[i] % extent);
    box.count.push_back(i < axis ? 1 : extent);
  }
  box.count[axis] =
    std::min<std::uint64_t>(box.count[axis] - box.start[axis], most / strides[axis]);
  box.elements = box.count[axis] * strides[axis];
  return box;
}

} // namespace

ForeignHdf5::ForeignHdf5(const std::string& path, std::uint64_t offset, std::uint64_t length)
  : length_(length)
{
  const hdf5::Silence silence;
  const Handle access(rangeAccess(offset, length));
  this->file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access));
  if (!this->file_)
  {
    const std::string reason = hdf5::reason();
    // One that a writer has open, or that a killed one left, opens only so.
    H5Pset_metadata_read_attempts(access, readAttempts);
    this->file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access));
    if (!this->file_)
    {
      throw TensorFileError("it is an HDF5 file that cannot be opened: " + printableText(reason) +
                            "; it is not whole, or damaged, take another copy");
    }
  }
}

const Hdf5Listing& ForeignHdf5::list()
{
  const hdf5::Silence silence;
  struct Group
  {
    std::string raw;  ///< path as the file has it, with a '/' at its end; empty for the root
    std::string path; ///< fit to be shown
    Handle handle;
  };
  std::set<haddr_t> seen;
  std::vector<Group> open;
  std::vector<std::string> raw;
  std::vector<Hdf5Array> arrays;
  std::size_t links = 0;
  open.push_back({ "", "", Handle(H5Gopen2(this->file_, "/", H5P_DEFAULT)) });
  H5O_info_t information = {};
  if (!open.back().handle || H5Oget_info2(open.back().handle, &information, H5O_INFO_BASIC) < 0)
  {
    throw TensorFileError("its root group cannot be read: " + printableText(hdf5::reason()) +
                          "; it is damaged, take another copy");
  }
  seen.insert(information.addr);
  const std::vector<std::string> format =
    textAttribute(open.back().handle, runformat::formatAttribute, this->length_);
  this->listing_.run = format == std::vector<std::string>{ runformat::name };
  while (!open.empty() && !this->listing_.run)
  {
    const Group group = std::move(open.back());
    open.pop_back();
    addKerasTexts(group.handle, group.path, this->length_, this->listing_.texts);
    for (const Link& link : linksOf(group.handle, mostLinks - links))
    {
      ++links;
      const std::string name = group.raw + link.name;
      Hdf5Array array;
      array.path = printableText(name);
      if (link.type != H5L_TYPE_HARD)
      {
        array.shape = { 0 };
        array.problem = linkProblem(link.type);
      }
      else
      {
        Handle object(name.size() > longestPath
                        ? H5I_INVALID_HID
                        : H5Oopen(group.handle, link.name.c_str(), H5P_DEFAULT));
        if (!object || H5Oget_info2(object, &information, H5O_INFO_BASIC) < 0)
        {
          array.problem = "cannot be read: " + printableText(hdf5::reason()) +
                          "; it is damaged, or of a newer HDF5 than this one (write it with "
                          "libver=('v110', 'v110') in h5py)";
        }
        else if (!seen.insert(information.addr).second ||
                 information.type == H5O_TYPE_NAMED_DATATYPE)
        {
          continue;
        }
        else if (information.type == H5O_TYPE_GROUP)
        {
          open.push_back({ name + "/", array.path, std::move(object) });
          continue;
        }
        else
        {
          std::string path = std::move(array.path);
          array = describeArray(object, this->length_);
          array.path = std::move(path);
          array.address = information.addr;
        }
      }
      raw.push_back(name);
      arrays.push_back(std::move(array));
    }
  }
  std::vector<std::size_t> order(arrays.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::sort(order.begin(), order.end(),
    [&](std::size_t a, std::size_t b) { return naturalLess(arrays[a].path, arrays[b].path); });
  for (const std::size_t i : order)
  {
    this->listing_.arrays.push_back(std::move(arrays[i]));
    this->rawPaths_.push_back(std::move(raw[i]));
  }
  return this->listing_;
}

void ForeignHdf5::open(std::size_t array)
{
  if (this->dataset_ && this->opened_ == array)
  {
    return;
  }
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS));
  H5Pset_chunk_cache(access, H5D_CHUNK_CACHE_NSLOTS_DEFAULT, cacheBytes, 1.0);
  this->dataset_ = Handle(H5Dopen2(this->file_, this->rawPaths_.at(array).c_str(), access));
  this->opened_ = array;
  if (!this->dataset_)
  {
    throw TensorFileError(printableText(hdf5::reason()));
  }
}

std::vector<char> ForeignHdf5::read(std::size_t array, std::uint64_t first, std::uint64_t count)
{
  const hdf5::Silence silence;
  const Hdf5Array& wanted = this->listing_.arrays.at(array);
  const std::uint64_t all = elementCount(wanted.shape).value_or(0);
  if (!wanted.problem.empty() || first > all || count > all - first)
  {
    throw TensorFileError("there are no such elements");
  }
  this->open(array);
  const std::size_t size = elementSize(wanted.type);
  const Handle type = memoryType(wanted.type);
  std::vector<char> values(static_cast<std::size_t>(count) * size);
  if (wanted.shape.empty())
  {
    if (count > 0 &&
        H5Dread(this->dataset_, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    {
      throw TensorFileError(printableText(hdf5::reason()));
    }
    return values;
  }
  for (std::uint64_t done = 0; done < count;)
  {
    const Box box = boxAt(wanted.shape, first + done, count - done);
    if (!hdf5::readBlock(this->dataset_, type, box.start, box.count,
          values.data() + static_cast<std::size_t>(done) * size))
    {
      throw TensorFileError(printableText(hdf5::reason()));
    }
    done += box.elements;
  }
  return values;
}

} // namespace tensorview
