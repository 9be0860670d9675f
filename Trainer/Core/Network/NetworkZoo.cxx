#include "NetworkZoo.h"

#include "ResidualNetwork.h"
#include "VggNetwork.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace tensorview
{

namespace
{
constexpr std::uintmax_t maximumFileBytes = 16u << 20;

constexpr const char* lenet5Simplified = R"({
  "name": "lenet5-simplified",
  "layers": [
    { "name": "conv1", "type": "convolution", "filters": 16, "kernel": 3, "padding": "same" },
    { "name": "relu1", "type": "relu" },
    { "name": "pool1", "type": "max_pool", "kernel": 2 },
    { "name": "conv2", "type": "convolution", "filters": 32, "kernel": 3, "padding": "same" },
    { "name": "relu2", "type": "relu" },
    { "name": "pool2", "type": "max_pool", "kernel": 2 },
    { "name": "flatten", "type": "flatten" },
    { "name": "fc1", "type": "dense", "units": 512 },
    { "name": "relu3", "type": "relu" },
    { "name": "fc2", "type": "dense", "units": "classes" }
  ]
})";

constexpr const char* lenet5 = R"({
  "name": "lenet5",
  "layers": [
    { "name": "conv1", "type": "convolution", "filters": 32, "kernel": 5, "padding": "same" },
    { "name": "relu1", "type": "relu" },
    { "name": "pool1", "type": "max_pool", "kernel": 2 },
    { "name": "conv2", "type": "convolution", "filters": 64, "kernel": 5, "padding": "same" },
    { "name": "relu2", "type": "relu" },
    { "name": "pool2", "type": "max_pool", "kernel": 2 },
    { "name": "flatten", "type": "flatten" },
    { "name": "fc1", "type": "dense", "units": 1024 },
    { "name": "relu3", "type": "relu" },
    { "name": "fc2", "type": "dense", "units": "classes" }
  ]
})";

std::string readDescription(const std::string& path, const std::string& source)
{
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
  {
    std::string known;
    for (const std::string& name : builtInNetworks())
    {
      known += (known.empty() ? "" : ", ") + name;
    }
    throw NetworkError("network '" + path + "': there is no built-in network and no file of that " +
                       "name. Built in are " + known + "; else give the path of a JSON file");
  }
  if (!std::filesystem::is_regular_file(status))
  {
    throw NetworkError(source + ": it cannot be read as a file" +
                       (error ? " (" + error.message() + ")" : std::string()));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > maximumFileBytes)
  {
    throw NetworkError(source + ": a network description has at most 16 MB");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  file.read(&text[0], static_cast<std::streamsize>(size));
  if (!file)
  {
    throw NetworkError(source + ": it cannot be read (" + std::strerror(errno) + ")");
  }
  return text;
}
}

std::vector<std::string> builtInNetworks()
{
  return { "lenet5-simplified", "lenet5", "vgg16", "resnet18", "resnet50" };
}

std::string builtInNetworkJson(const std::string& name)
{
  if (name == "lenet5-simplified")
  {
    return lenet5Simplified;
  }
  if (name == "lenet5")
  {
    return lenet5;
  }
  if (name == "vgg16")
  {
    return vgg16Json();
  }
  if (name == "resnet18")
  {
    return toJson(resnet18, name);
  }
  return name == "resnet50" ? toJson(resnet50, name) : std::string();
}

NetworkGraph loadNetwork(const std::string& network, const NetworkFit& fit)
{
  const std::string builtIn = builtInNetworkJson(network);
  if (!builtIn.empty())
  {
    return parseNetworkGraph(builtIn, "network '" + network + "'", fit);
  }
  const std::string source = "network file '" + network + "'";
  return parseNetworkGraph(readDescription(network, source), source, fit);
}

} // namespace tensorview
