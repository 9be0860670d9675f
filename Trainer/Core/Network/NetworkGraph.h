#ifndef TENSORVIEW_NETWORK_GRAPH_H
#define TENSORVIEW_NETWORK_GRAPH_H

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace tensorview
{

/// What is wrong with a network description: a sentence that names the source, the layer and the
/// reason.
class NetworkError : public std::runtime_error
{
public:
  using std::runtime_error::runtime_error;
};

enum class LayerType
{
  Convolution,
  BatchNorm,
  Relu,
  MaxPool,
  AveragePool,
  Dense,
  Dropout,
  Add,
  Flatten
};

/// The name in the JSON description: convolution, batch_norm, relu, max_pool, ...
const char* toString(LayerType type);

/// How the weights of a convolution or dense layer are drawn (docs/network-json.md).
enum class InitialWeights
{
  Uniform,       ///< PyTorch's own: in +-1/sqrt(fan-in), biases too
  KaimingNormal, ///< of variance 2 / fan-out, biases zero
  Normal         ///< of a given standard deviation, biases zero
};

/// Extents of what a layer puts out for one image; a vector of n values is { n, 1, 1 }.
struct MapShape
{
  std::int64_t channels = 0;
  std::int64_t rows = 1;
  std::int64_t columns = 1;

  std::int64_t pixels() const { return this->rows * this->columns; }
  std::int64_t size() const { return this->channels * this->pixels(); }
  bool operator==(const MapShape& o) const
  {
    return this->channels == o.channels && this->rows == o.rows && this->columns == o.columns;
  }
  bool operator!=(const MapShape& o) const { return !(*this == o); }
};

/// "16 x 28 x 28" or, for a vector, "512".
std::string toString(const MapShape& shape);

/// In LayerSpec::inputs: the image itself.
inline constexpr int imageInput = -1;

/// One layer. Which members mean something depends on the type (docs/network-json.md).
struct LayerSpec
{
  std::int32_t id = 0; ///< permanent within a run, the graph JSON's layerId
  std::string name;
  LayerType type = LayerType::Relu;
  std::vector<int> inputs; ///< indices of earlier layers, or imageInput

  std::int64_t units = 0;   ///< filters of a convolution, units of a dense layer
  std::int64_t kernel = 0;  ///< convolution, pooling: rows and columns
  std::int64_t stride = 1;  ///< convolution, pooling
  std::int64_t padding = 0; ///< convolution, pooling: on each side
  bool ceilMode = false;    ///< pooling: a last window that is not whole counts, too
  bool adaptive = false;    ///< average pooling: windows follow from the output's extents
  bool bias = true;         ///< convolution, dense
  InitialWeights initialWeights = InitialWeights::Uniform; ///< convolution, dense
  double initialDeviation = 0.0;                           ///< of InitialWeights::Normal
  double probability = 0.5;                                ///< dropout: of a value to become zero
  double epsilon = 1e-5;                                   ///< batch norm
  double momentum = 0.1; ///< batch norm: share of the new batch in the running statistics

  MapShape output;   ///< follows from the inputs
  bool flat = false; ///< behind a flatten: one value per channel and image

  bool hasFilters() const
  {
    return this->type == LayerType::Convolution || this->type == LayerType::Dense;
  }
};

/// A network as a list of layers in an order in which they can be computed; the last layer's
/// outputs are the class scores. Always valid: made by parseNetworkGraph.
struct NetworkGraph
{
  std::string name;
  MapShape input; ///< of more channels than grey images have: these are repeated
  std::vector<LayerSpec> layers;

  /// Index or -1.
  int find(const std::string& layer) const;
  /// Indices of the layers that read the output of layer `index` (imageInput: of the image).
  std::vector<int> readers(int index) const;
  std::int64_t outputs() const { return this->layers.back().output.channels; }

  /// Output of the layer (or the image) with that index.
  MapShape outputOf(int index) const;
  /// Values of the largest output of a layer for one image.
  std::int64_t largestOutput() const;

  /// The layer whose output is called the activation of convolution or dense layer `index`: the
  /// layer itself, or the batch norm and ReLU behind it where nothing else reads between.
  int activationLayer(int index) const;

  /// The convolution or dense layer whose filters are the channels that layer `index` reads: back
  /// through everything that keeps channels (of a sum through its first input) and through flatten.
  /// imageInput if they are the image's.
  int feedingLayer(int index) const;

  /// The layer whose maps layer `index` reads, in front of what changes no value of an evaluation
  /// but perhaps its place (flatten, dropout); of several inputs the first one's. imageInput if it
  /// is the image.
  int mapsReadBy(int index) const;

  /// Window of a dense layer's weights: the maps in front of the flatten that feeds it, as
  /// { channels, rows, columns }; { n, 1, 1 } if it is fed by another dense layer.
  MapShape denseWindow(int index) const;

  /// Whether the flattened output of layer `index` (of a flatten, or of what follows one) may lie
  /// in any order, because only dense layers read it in the end, through ReLU and dropout at most.
  /// Their weights can then be stored in the order of the maps in memory.
  bool flattensInStorageOrder(int index) const;
};

/// What a network has to fit: the images and classes of a data set.
struct NetworkFit
{
  MapShape input;
  std::int64_t classes = 0;
};

/// Reads a network description.
/// @param json text as in docs/network-json.md
/// @param source what to call it in messages, e.g. "network file 'my.json'"
/// @throws NetworkError if it is not valid or does not fit
NetworkGraph parseNetworkGraph(
  const std::string& json, const std::string& source, const NetworkFit& fit);

/// One line of JSON that parseNetworkGraph reads, every setting and layerId written out.
std::string toJson(const NetworkGraph& graph);

} // namespace tensorview

#endif
