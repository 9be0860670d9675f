#ifndef TENSORVIEW_NETWORK_CONTENTS_H
#define TENSORVIEW_NETWORK_CONTENTS_H

#include <string>

class vtkTable;

namespace tensorview
{
struct NetworkTensors;
}

/// What a reader made of a file, for the user.
namespace NetworkContents
{

/// A row for every tensor of the file, those that are shown in network order first: `Tensor` (its
/// name in the file), `Layer`, `Kind`, `FileShape` ("3 x 3 x 64 x 128"), `Axes` ("HWIO"), `Type`
/// ("float32"), `Shape` (filters x channels x rows x columns), `LeftOut` (why it is not shown).
/// Replaces what the table held.
void Fill(vtkTable* table, const tensorview::NetworkTensors& network);

/// The columns alone.
void FillNothing(vtkTable* table);

/// The same in a few sentences: "PyTorch: 62 tensors in 21 layers. Left out: ...".
std::string Summary(const tensorview::NetworkTensors& network);

}

#endif
