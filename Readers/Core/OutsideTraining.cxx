#include "OutsideTraining.h"

#include "Descriptor.h"
#include "NewRunFile.h"
#include "RunSegments.h"
#include "TensorFileError.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tensorview
{
namespace
{

using Json = nlohmann::json;

constexpr std::chrono::milliseconds lookInterval(100);
constexpr off_t largestState = 1 << 20; ///< bytes; a state has some hundred

/// An open file that is closed at the end; what is no ordinary file is not opened.
class PlainFile
{
public:
  PlainFile(const std::string& path, int mode)
    : descriptor_(::open(path.c_str(), mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK))
  {
    struct stat information = {};
    if (this->descriptor_ < 0)
    {
      return;
    }
    this->plain_ = ::fstat(this->descriptor_, &information) == 0 && S_ISREG(information.st_mode);
    if (!this->plain_)
    {
      errno = EINVAL;
    }
    this->size_ = information.st_size;
  }

  /// Negative: not there, or no ordinary file; errno says why.
  int descriptor() const { return this->plain_ ? static_cast<int>(this->descriptor_) : -1; }
  off_t size() const { return this->size_; }

private:
  Descriptor descriptor_;
  bool plain_ = false;
  off_t size_ = 0;
};

std::string contentsOf(const std::string& path)
{
  const PlainFile file(path, O_RDONLY);
  if (file.descriptor() < 0 || file.size() <= 0 || file.size() > largestState)
  {
    return {};
  }
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  const ssize_t got = ::read(file.descriptor(), text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::string textIn(const Json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? printableText(found->get<std::string>())
                                                     : std::string();
}

double numberIn(const Json& object, const char* key)
{
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>()
                                                     : std::numeric_limits<double>::quiet_NaN();
}

std::string newId()
{
  std::random_device random;
  char text[17];
  std::snprintf(text, sizeof(text), "%08x%08x", static_cast<unsigned int>(random()),
    static_cast<unsigned int>(random()));
  return text;
}

std::string messageFor(const std::string& state)
{
  if (state == "paused")
  {
    return "the training is paused";
  }
  return state == "stopping"
           ? "the training was asked to stop; it ends when its script looks at what step() returns"
           : "another program trains and records";
}

} // namespace

bool OutsideState::offersCommand(const std::string& command) const
{
  return std::find(this->offers.begin(), this->offers.end(), command) != this->offers.end();
}

void OutsideTraining::setRun(const std::string& path)
{
  const std::string root = path.empty() ? path : rootSegmentPath(path);
  if (root != this->root_)
  {
    *this = OutsideTraining();
    this->root_ = root;
  }
}

const OutsideState& OutsideTraining::look()
{
  const auto now = std::chrono::steady_clock::now();
  if (!this->root_.empty() && now - this->looked_ >= lookInterval)
  {
    this->looked_ = now;
    this->read();
  }
  return this->state_;
}

void OutsideTraining::ended(const std::string& state, const std::string& message)
{
  const bool lived = this->state_.lives();
  // What it said last stays, without anybody to command.
  this->state_.session.clear();
  this->state_.offers.clear();
  this->state_.state = state;
  this->state_.message = message;
  if (lived && (this->answer_.state == "requested" || this->answer_.state == "running"))
  {
    const bool asked = this->command_ == "stop" && state == "none";
    this->answer_.state = asked ? "done" : "failed";
    this->answer_.reason = asked ? "" : message;
  }
}

void OutsideTraining::read()
{
  const std::string commands = this->root_ + ".commands";
  if (::access(commands.c_str(), F_OK) != 0)
  {
    this->ended("none", this->state_.lives() || this->state_.message == "the training has ended"
                          ? "the training has ended"
                          : "no training takes commands for this run");
    return;
  }
  if (const PlainFile file(commands, O_RDONLY);
      file.descriptor() < 0 || !isBeingWritten(file.descriptor()))
  {
    this->ended("lost", "the training ended without a word: it was killed, or runs on a machine "
                        "whose locks are not seen here");
    return;
  }
  const Json told = Json::parse(contentsOf(this->root_ + ".state"), nullptr, false);
  const std::string session = told.is_object() ? textIn(told, "session") : std::string();
  if (session.empty() || textIn(told, "format") != "tensorview-commands" ||
      !(numberIn(told, "version") < 2.0))
  {
    this->ended("none",
      "a training takes commands, but says nothing that can be read in " + this->root_ + ".state");
    return;
  }
  if (this->state_.lives() && this->state_.session != session)
  {
    this->ended("none", "the training has ended; another one took its place");
  }
  this->state_.session = session;
  this->state_.state = textIn(told, "state");
  this->state_.message = messageFor(this->state_.state);
  const double step = numberIn(told, "step");
  this->state_.step = step >= 0.0 && step < 9e15 ? static_cast<std::int64_t>(step) : 0;
  this->state_.loss = numberIn(told, "loss");
  this->state_.accuracy = numberIn(told, "accuracy");
  this->state_.learningRate = numberIn(told, "learning_rate");
  this->state_.offers.clear();
  for (const Json& offer : told.value("offers", Json::array()))
  {
    if (offer.is_string())
    {
      this->state_.offers.push_back(offer.get<std::string>());
    }
  }
  for (const Json& command : told.value("commands", Json::array()))
  {
    if (command.is_object() && !this->commandId_.empty() &&
        textIn(command, "id") == this->commandId_)
    {
      this->answer_.state = textIn(command, "state");
      this->answer_.reason = textIn(command, "reason");
    }
  }
}

void OutsideTraining::send(const std::string& command, std::optional<double> value)
{
  this->looked_ = {};
  this->look();
  this->command_ = command;
  this->commandId_.clear();
  ++this->answer_.number;
  this->answer_.state = "failed";
  if (!this->state_.lives())
  {
    this->answer_.reason =
      this->root_.empty() ? "no run is open; set FileName" : this->state_.message;
    return;
  }
  if (!this->state_.offersCommand(command))
  {
    this->answer_.reason = "this training does not offer that";
    return;
  }
  this->append(command, value);
  this->looked_ = {};
}

void OutsideTraining::append(const std::string& command, std::optional<double> value)
{
  const std::string path = this->root_ + ".commands";
  const std::string identity = newId();
  Json line = { { "session", this->state_.session }, { "id", identity }, { "command", command } };
  if (value)
  {
    line["value"] = *value;
  }
  // One write: lines of several viewers do not mix. The file is the training's, never made here.
  const std::string text = line.dump() + "\n";
  const PlainFile file(path, O_WRONLY | O_APPEND);
  if (file.descriptor() < 0 ||
      ::write(file.descriptor(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
  {
    this->answer_.reason = "cannot give commands through " + path + ": " + std::strerror(errno) +
                           "; the server must run as the user who trains";
    return;
  }
  this->commandId_ = identity;
  this->answer_.state = "requested";
  this->answer_.reason.clear();
}

} // namespace tensorview
