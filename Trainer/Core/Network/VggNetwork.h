#ifndef TENSORVIEW_VGG_NETWORK_H
#define TENSORVIEW_VGG_NETWORK_H

#include <string>

namespace tensorview
{

/// VGG-16 (Simonyan and Zisserman 2014, configuration D) as a network description: layers, names
/// and initial weights are those of torchvision's vgg16. For images of 3 channels (grey ones are
/// repeated) and at least 32 x 32 pixels. Where torchvision pools the last maps to 7 x 7 whatever
/// their size, here maps that are smaller stay as they are, and the first dense layer has that many
/// inputs fewer; at 224 x 224 all shapes are torchvision's.
std::string vgg16Json();

} // namespace tensorview

#endif
