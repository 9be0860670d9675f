#include "OnnxGraph.h"

#include "TensorFileError.h"

#include <optional>
#include <utility>

namespace tensorview
{
namespace
{

constexpr std::size_t longestName = 4096;
constexpr int deepest = 16;

/// Of nodes, their inputs and outputs, and tensors: each costs some hundred bytes of memory.
constexpr std::size_t mostParts = 500'000;
constexpr std::uint64_t largestVersion = 1000; ///< they count from 1; it was 13 in 2026

/// Fields of the messages of onnx.proto3.
namespace modelField
{
constexpr std::uint64_t version = 1;
constexpr std::uint64_t producerName = 2;
constexpr std::uint64_t producerVersion = 3;
constexpr std::uint64_t graph = 7;
constexpr std::uint64_t last = 31;
}
namespace graphField
{
constexpr std::uint64_t node = 1;
constexpr std::uint64_t initializer = 5;
constexpr std::uint64_t sparseInitializer = 15;
}
namespace sparseField
{
constexpr std::uint64_t values = 1;
}
namespace nodeField
{
constexpr std::uint64_t input = 1;
constexpr std::uint64_t output = 2;
constexpr std::uint64_t name = 3;
constexpr std::uint64_t operation = 4;
constexpr std::uint64_t attribute = 5;
}
namespace attributeField
{
constexpr std::uint64_t name = 1;
constexpr std::uint64_t integer = 3;
constexpr std::uint64_t graph = 6;
constexpr std::uint64_t graphs = 11;
}

bool isBytes(const WireField& field)
{
  return field.type == WireField::Type::Bytes;
}

WireMessage messageIn(WireBytes& bytes, const WireField& field)
{
  return { bytes, field.offset, field.offset + field.size };
}

class GraphReader
{
public:
  explicit GraphReader(WireBytes& bytes)
    : bytes_(bytes)
  {
  }

  /// The main graph.
  void readGraph(const WireField& field)
  {
    WireMessage message = messageIn(this->bytes_, field);
    while (const std::optional<WireField> part = message.next())
    {
      if (!isBytes(*part))
      {
        continue;
      }
      if (part->number == graphField::node)
      {
        this->graph.nodes.push_back(this->readNode(*part, {}, 0));
      }
      else if (part->number == graphField::initializer)
      {
        this->count();
        this->graph.initializers.push_back(readOnnxTensor(this->bytes_, *part));
      }
      else if (part->number == graphField::sparseInitializer)
      {
        this->addSparse(*part, {});
      }
    }
  }

  OnnxGraph graph;

private:
  std::string text(const WireField& field) { return textOf(this->bytes_, field, longestName); }

  void count()
  {
    if (++this->parts_ > mostParts)
    {
      throw TensorFileError("its network has more than " + std::to_string(mostParts) +
                            " parts, more than TensorView reads");
    }
  }

  /// @param path what leads to the node's graph, with a '/' at its end; empty for the main graph
  OnnxNode readNode(const WireField& field, const std::string& path, int depth)
  {
    this->count();
    OnnxNode result;
    std::vector<WireField> attributes;
    WireMessage message = messageIn(this->bytes_, field);
    while (const std::optional<WireField> part = message.next())
    {
      if (!isBytes(*part))
      {
        continue;
      }
      switch (part->number)
      {
        case nodeField::input:
          this->count();
          result.inputs.push_back(this->text(*part));
          break;
        case nodeField::output:
          this->count();
          result.outputs.push_back(this->text(*part));
          break;
        case nodeField::name:
          result.name = this->text(*part);
          break;
        case nodeField::operation:
          result.operation = this->text(*part);
          break;
        case nodeField::attribute:
          attributes.push_back(*part);
          break;
        default:
          break;
      }
    }
    for (const WireField& part : attributes)
    {
      this->readAttribute(part, path, depth, result);
    }
    return result;
  }

  void readAttribute(const WireField& field, const std::string& path, int depth, OnnxNode& of)
  {
    std::string name;
    std::uint64_t integer = 0;
    std::vector<WireField> graphs;
    WireMessage message = messageIn(this->bytes_, field);
    while (const std::optional<WireField> part = message.next())
    {
      if (part->number == attributeField::name && isBytes(*part))
      {
        name = this->text(*part);
      }
      else if (part->number == attributeField::integer)
      {
        integer = part->value;
      }
      else if ((part->number == attributeField::graph || part->number == attributeField::graphs) &&
               isBytes(*part))
      {
        graphs.push_back(*part);
      }
    }
    of.transposesB = of.transposesB || (name == "transB" && integer != 0);
    for (const WireField& part : graphs)
    {
      if (depth >= deepest)
      {
        throw TensorFileError("its graphs nest deeper than " + std::to_string(deepest));
      }
      this->readSubgraph(
        part, path + (of.name.empty() ? of.operation : of.name) + "/" + name + "/", depth + 1);
    }
  }

  /// The tensors of a branch or a loop's body: named, not read.
  void readSubgraph(const WireField& field, const std::string& path, int depth)
  {
    WireMessage message = messageIn(this->bytes_, field);
    while (const std::optional<WireField> part = message.next())
    {
      if (part->number == graphField::node && isBytes(*part))
      {
        this->readNode(*part, path, depth);
      }
      else if (part->number == graphField::initializer && isBytes(*part))
      {
        OnnxTensor tensor = readOnnxTensor(this->bytes_, *part);
        this->addOther(std::move(tensor), path,
          "belongs to a branch or a loop of the network; TensorView reads those of the main graph");
      }
      else if (part->number == graphField::sparseInitializer && isBytes(*part))
      {
        this->addSparse(*part, path);
      }
    }
  }

  void addSparse(const WireField& field, const std::string& path)
  {
    WireMessage message = messageIn(this->bytes_, field);
    while (const std::optional<WireField> part = message.next())
    {
      if (part->number == sparseField::values && isBytes(*part))
      {
        this->addOther(readOnnxTensor(this->bytes_, *part), path,
          "is sparse, which TensorView does not read; save it as a dense tensor");
      }
    }
  }

  void addOther(OnnxTensor tensor, const std::string& path, const char* problem)
  {
    this->count();
    tensor.name.insert(0, path);
    tensor.problem = problem;
    this->graph.others.push_back(std::move(tensor));
  }

  WireBytes& bytes_;
  std::size_t parts_ = 0;
};

} // namespace

bool looksLikeOnnx(const std::shared_ptr<const ByteSource>& source)
{
  WireBytes bytes(source);
  WireMessage message(bytes, 0, source->size());
  try
  {
    const std::optional<WireField> version = message.next();
    if (!version || version->number != modelField::version ||
        version->type != WireField::Type::Varint || version->value == 0 ||
        version->value > largestVersion)
    {
      return false;
    }
    const std::optional<WireField> second = message.next();
    return !second || (second->number > modelField::version && second->number <= modelField::last);
  }
  catch (const TensorFileError&)
  {
    // What begins so and then ends is a piece of one.
    char first = 0;
    bytes.read(0, &first, 1);
    return first == static_cast<char>(modelField::version << 3) && source->size() > 2;
  }
}

OnnxGraph readOnnxGraph(const std::shared_ptr<const ByteSource>& source)
{
  WireBytes bytes(source);
  GraphReader reader(bytes);
  WireMessage message(bytes, 0, source->size());
  std::string producerVersion;
  bool found = false;
  while (const std::optional<WireField> field = message.next())
  {
    if (!isBytes(*field))
    {
      continue;
    }
    if (field->number == modelField::graph)
    {
      found = true;
      reader.readGraph(*field);
    }
    else if (field->number == modelField::producerName)
    {
      reader.graph.producer = textOf(bytes, *field, longestName);
    }
    else if (field->number == modelField::producerVersion)
    {
      producerVersion = textOf(bytes, *field, longestName);
    }
  }
  if (!found)
  {
    throw TensorFileError("it seems to be an ONNX file, but has no network in it: it is not whole, "
                          "take another copy");
  }
  if (!producerVersion.empty())
  {
    reader.graph.producer += " " + producerVersion;
  }
  return std::move(reader.graph);
}

} // namespace tensorview
