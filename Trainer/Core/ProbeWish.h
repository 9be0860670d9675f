#ifndef TENSORVIEW_PROBE_WISH_H
#define TENSORVIEW_PROBE_WISH_H

#include "RunLayout.h"

#include <algorithm>
#include <string>
#include <vector>

namespace tensorview
{

/// What a network shall tell of its probe images, a fixed part of the validation images.
struct ProbeWish
{
  bool outputs = false;   ///< of the layers of RunLayout::probe
  std::vector<bool> gram; ///< which of RunLayout::gram

  bool empty() const
  {
    return !this->outputs &&
           std::find(this->gram.begin(), this->gram.end(), true) == this->gram.end();
  }
};

inline ProbeWish joined(ProbeWish a, const ProbeWish& b)
{
  a.outputs = a.outputs || b.outputs;
  a.gram.resize(std::max(a.gram.size(), b.gram.size()), false);
  for (std::size_t i = 0; i < b.gram.size(); ++i)
  {
    a.gram[i] = a.gram[i] || b.gram[i];
  }
  return a;
}

/// What there is of some layers.
inline ProbeWish wishFor(const RunLayout& layout, const std::vector<std::string>& layers)
{
  const auto isWanted = [&](const std::string& layer)
  { return std::find(layers.begin(), layers.end(), layer) != layers.end(); };
  ProbeWish wish;
  wish.outputs = std::any_of(layout.probe.begin(), layout.probe.end(),
    [&](const TensorDescription& tensor) { return isWanted(tensor.layer); });
  for (const GramDescription& gram : layout.gram)
  {
    wish.gram.push_back(isWanted(gram.layer));
  }
  return wish;
}

} // namespace tensorview

#endif
