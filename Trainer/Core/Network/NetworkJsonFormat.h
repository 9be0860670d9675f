#ifndef TENSORVIEW_NETWORK_JSON_FORMAT_H
#define TENSORVIEW_NETWORK_JSON_FORMAT_H

namespace tensorview
{

// What a network file calls itself (docs/network-json.md).
inline constexpr const char* networkFormatName = "tensorview-network";
inline constexpr int networkFormatVersion = 1;

} // namespace tensorview

#endif
