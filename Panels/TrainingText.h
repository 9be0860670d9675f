#ifndef TENSORVIEW_TRAINING_TEXT_H
#define TENSORVIEW_TRAINING_TEXT_H

#include <cstdint>
#include <string>

/// How the panel writes numbers: plain functions without Qt.
namespace tensorview
{

/// "ready to train" -> "Ready to train.": sentences begin with a capital letter and end with a full
/// stop. Empty: empty.
std::string sentence(std::string text);

/// 1234567 -> "1,234,567".
std::string groupedNumber(std::int64_t value);

/// Seconds as "0:07", "12:34", "3:04:05"; negative or not a number: "-".
std::string durationText(double seconds);

/// A fraction as "98.31 %"; not a number: "-".
std::string percentText(double fraction);

/// A loss with four significant digits; not a number: "-"; infinite: "infinite".
std::string lossText(double loss);

/// "81 steps/s", below ten with one decimal; zero, negative or not a number: "-".
std::string speedText(double stepsPerSecond);

/// "step 120 of 5,500", without the total when it is not known (0).
std::string progressText(std::int64_t step, std::int64_t totalSteps);

} // namespace tensorview

#endif
