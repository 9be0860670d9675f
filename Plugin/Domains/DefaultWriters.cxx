// How ParaView's writers put numbers into a file, in the GUI and in scripts alike: given to
// ParaView's settings when the plugin is loaded, below the user's own settings files. ParaView's
// own default, appended raw data, gives files that no XML parser since expat 2.4.4 reads to their
// end (Debian 12 has 2.5): after the XML stand bytes that are none. Tables have five digits, which
// bring no other number back.

#include "vtkSMSettings.h"

#include <nlohmann/json.hpp>

namespace
{
using Json = nlohmann::json;

/// Base64 within the XML elements.
constexpr int inlineBinary = 1;

/// Significant digits that tell any two numbers of single precision apart.
constexpr int digits = 9;

/// For every class of data, of a single process and of several.
constexpr const char* writers[] = { "XMLPolyDataWriter", "XMLImageDataWriter", "XMLTableWriter",
  "XMLUnstructuredGridWriter", "XMLRectilinearGridWriter", "XMLStructuredGridWriter",
  "XMLMultiBlockDataWriter", "XMLPartitionedDataSetCollectionWriter", "XMLPPolyDataWriter",
  "XMLPImageDataWriter", "XMLPTableWriter", "XMLPUnstructuredGridWriter",
  "XMLPRectilinearGridWriter", "XMLPStructuredGridWriter", "XMLPPartitionedDataSetWriter",
  "XMLPVDWriter" };

/// Those of extracts.
constexpr const char* extractWriters[] = { "VTP", "VTI", "VTU", "VTR", "VTS", "VTM", "VTPC",
  "VTPD" };

Json Settings()
{
  Json settings;
  for (const char* writer : writers)
  {
    settings["writers"][writer]["DataMode"] = inlineBinary;
  }
  for (const char* writer : extractWriters)
  {
    settings["extract_writers"][writer]["DataMode"] = inlineBinary;
  }
  settings["writers"]["CSVWriter"]["Precision"] = digits;
  settings["extract_writers"]["CSV"]["Precision"] = digits;
  return settings;
}

struct DefaultWriters
{
  DefaultWriters()
  {
    constexpr double belowUsersOwn = 0.4; // each collection has a priority of its own
    vtkSMSettings::GetInstance()->AddCollectionFromString(Settings().dump(), belowUsersOwn);
  }
} const defaultWriters;
}
