#ifndef DetailParts_h
#define DetailParts_h

#include "Core/LevelOfDetail.h"
#include "Core/SlotSet.h"
#include "LayerTensor.h"

#include <vector>

/// Parts of a tensor at levels of detail.
namespace DetailParts
{

/// The part at each level, in a single look at its values. At an exact level it is the part itself;
/// else all channels are there, removed ones not a number.
/// @param summary of the values is added to this
std::vector<vtkTensorCollection::Part> Reduce(const vtkTensorCollection::Part& part,
  const tensorview::FilterExtents& filter, const std::vector<tensorview::DetailLevel>& levels,
  tensorview::Aggregate aggregate, tensorview::FiniteSummary& summary);

/// The filters of a part whose slots are (not) in the set; shares the values if these are all.
vtkTensorCollection::Part Select(
  const vtkTensorCollection::Part& part, const tensorview::SlotSet& slots, bool inSet);

/// What an aggregate shows, in words.
const char* WordsFor(tensorview::Aggregate aggregate);

/// What a level draws, in words; empty for an exact one.
/// @param what "The blocks", "The pixels"
/// @param budget name of the property that would show more
std::string Describe(const char* what, const char* budget, const std::string& layer,
  const tensorview::DetailLevel& level, tensorview::Aggregate aggregate);

}

#endif
