#include "CommandLedger.h"

#include <gtest/gtest.h>

#include <thread>

using namespace tensorview;

TEST(CommandLedger, CommandsGoFromRequestedToDone)
{
  CommandLedger ledger;
  EXPECT_EQ(ledger.latest().id, 0);
  const auto id = ledger.add();
  EXPECT_EQ(ledger.status(id).state, CommandState::Requested);
  EXPECT_FALSE(ledger.noneOpen());
  ledger.setRunning(id);
  EXPECT_EQ(ledger.status(id).state, CommandState::Running);
  ledger.setDone(id, "remark");
  EXPECT_EQ(ledger.status(id).state, CommandState::Done);
  EXPECT_EQ(ledger.status(id).reason, "remark");
  EXPECT_TRUE(ledger.noneOpen());
  EXPECT_EQ(ledger.latest().id, id);
}

TEST(CommandLedger, WhatEndedStaysEnded)
{
  CommandLedger ledger;
  const auto id = ledger.add();
  ledger.setFailed(id, "why");
  ledger.setDone(id);
  ledger.setRunning(id);
  EXPECT_EQ(ledger.status(id).state, CommandState::Failed);
  EXPECT_EQ(ledger.status(id).reason, "why");
}

TEST(CommandLedger, UnknownAndForgottenCommandsHaveFailedInWords)
{
  CommandLedger ledger;
  EXPECT_EQ(ledger.status(7).state, CommandState::Failed);
  EXPECT_EQ(ledger.status(7).reason, "no such command");
  for (int i = 0; i < 1500; ++i)
  {
    ledger.setDone(ledger.add());
  }
  EXPECT_NE(ledger.status(1).reason.find("too long ago"), std::string::npos);
  EXPECT_EQ(ledger.status(1500).state, CommandState::Done);
}

TEST(CommandLedger, WaitingEndsWithTheCommandOrTheTime)
{
  CommandLedger ledger;
  const auto id = ledger.add();
  EXPECT_EQ(ledger.waitFor(id, 0.0).state, CommandState::Requested);
  EXPECT_FALSE(ledger.waitNoneOpen(0.0));
  std::thread other([&] { ledger.setDone(id); });
  EXPECT_EQ(ledger.waitFor(id, -1.0).state, CommandState::Done);
  EXPECT_TRUE(ledger.waitNoneOpen(-1.0));
  other.join();
}
