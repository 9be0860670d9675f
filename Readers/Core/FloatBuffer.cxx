#include "FloatBuffer.h"

namespace tensorview
{

std::shared_ptr<float> makeFloats(std::size_t count)
{
  return { new float[count], std::default_delete<float[]>() };
}

} // namespace tensorview
