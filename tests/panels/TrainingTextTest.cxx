#include "TrainingText.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace
{

const double notANumber = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

TEST(TrainingText, writesSentences)
{
  EXPECT_EQ(tensorview::sentence(""), "");
  EXPECT_EQ(tensorview::sentence("ready to train"), "Ready to train.");
  EXPECT_EQ(tensorview::sentence("Done."), "Done.");
  EXPECT_EQ(tensorview::sentence("3 filters"), "3 filters.");
}

TEST(TrainingText, groupsDigitsByThree)
{
  EXPECT_EQ(tensorview::groupedNumber(0), "0");
  EXPECT_EQ(tensorview::groupedNumber(999), "999");
  EXPECT_EQ(tensorview::groupedNumber(1000), "1,000");
  EXPECT_EQ(tensorview::groupedNumber(1234567), "1,234,567");
  EXPECT_EQ(tensorview::groupedNumber(-123), "-123");
  EXPECT_EQ(tensorview::groupedNumber(-1234), "-1,234");
  EXPECT_EQ(tensorview::groupedNumber(std::numeric_limits<std::int64_t>::max()),
    "9,223,372,036,854,775,807");
}

TEST(TrainingText, writesDurationsInMinutesAndHours)
{
  EXPECT_EQ(tensorview::durationText(0.0), "0:00");
  EXPECT_EQ(tensorview::durationText(7.4), "0:07");
  EXPECT_EQ(tensorview::durationText(59.6), "1:00");
  EXPECT_EQ(tensorview::durationText(754.0), "12:34");
  EXPECT_EQ(tensorview::durationText(11045.0), "3:04:05");
}

TEST(TrainingText, writesAnUnknownDurationAsDash)
{
  EXPECT_EQ(tensorview::durationText(-1.0), "-");
  EXPECT_EQ(tensorview::durationText(notANumber), "-");
  EXPECT_EQ(tensorview::durationText(infinity), "-");
  EXPECT_EQ(tensorview::durationText(1e300), "-");
}

TEST(TrainingText, writesFractionsAsPercent)
{
  EXPECT_EQ(tensorview::percentText(0.9831), "98.31 %");
  EXPECT_EQ(tensorview::percentText(0.0), "0.00 %");
  EXPECT_EQ(tensorview::percentText(1.0), "100.00 %");
  EXPECT_EQ(tensorview::percentText(notANumber), "-");
}

TEST(TrainingText, writesLossesWithFourDigits)
{
  EXPECT_EQ(tensorview::lossText(2.302585), "2.303");
  EXPECT_EQ(tensorview::lossText(0.000123456), "0.0001235");
  EXPECT_EQ(tensorview::lossText(notANumber), "-");
  EXPECT_EQ(tensorview::lossText(infinity), "infinite");
}

TEST(TrainingText, writesSpeeds)
{
  EXPECT_EQ(tensorview::speedText(81.3), "81 steps/s");
  EXPECT_EQ(tensorview::speedText(1.26), "1.3 steps/s");
  EXPECT_EQ(tensorview::speedText(0.0), "-");
  EXPECT_EQ(tensorview::speedText(-2.0), "-");
  EXPECT_EQ(tensorview::speedText(notANumber), "-");
  EXPECT_EQ(tensorview::speedText(infinity), "-");
}

TEST(TrainingText, leavesAnUnknownTotalOut)
{
  EXPECT_EQ(tensorview::progressText(120, 5500), "step 120 of 5,500");
  EXPECT_EQ(tensorview::progressText(1200, 0), "step 1,200");
}

} // namespace
