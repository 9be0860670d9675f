#ifndef TENSORVIEW_PICKLE_MACHINE_H
#define TENSORVIEW_PICKLE_MACHINE_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace tensorview
{

/// What a value of a pickle is. The last four mean something to the PickleObjects only.
enum class PickleKind : std::uint8_t
{
  None,
  Bool,
  Integer,
  Number, ///< anything else without parts: floating point, bytes, integers beyond 64 bits
  Text,
  Tuple,
  List, ///< also sets
  Dictionary,
  Class,
  Storage,
  Tensor,
  Inert ///< an object that is of no interest
};

struct PickleValue
{
  PickleKind kind = PickleKind::None;
  /// The truth value or integer; else the index of what it stands for.
  std::int64_t number = 0;
};

/// The parts of a tuple, list or dictionary (key, value, key, value, ...).
using PickleParts = std::vector<PickleValue>;

class PickleMachine;

/// Gives a meaning to the names of classes and functions that a pickle mentions. Nothing of it is
/// ever executed: an implementation builds descriptions, or refuses.
class PickleObjects
{
public:
  virtual ~PickleObjects() = default;

  /// @throws TensorFileError for names that it does not know, as all of these
  virtual PickleValue findClass(std::string_view module, std::string_view name) = 0;
  /// `callee` applied to the tuple `arguments`.
  virtual PickleValue call(
    PickleMachine& machine, const PickleValue& callee, const PickleParts& arguments) = 0;
  /// What lies outside of the pickle under `id`.
  virtual PickleValue findPersistent(PickleMachine& machine, const PickleValue& id) = 0;
};

/// Reads the part of Python's pickle language (protocols 2 to 5) that data is written in. Every
/// other instruction is refused by its name.
class PickleMachine
{
public:
  /// @param bytes outlive the machine, as texts are not copied
  /// @param mostMemory what may be kept in memory of what the pickle describes, in bytes: an
  ///   instruction of one byte can make an object of a hundred
  PickleMachine(std::string_view bytes, PickleObjects& objects, std::uint64_t mostMemory);

  /// @throws TensorFileError telling the byte; without the file's name
  PickleValue run();

  std::string_view text(const PickleValue& value) const;
  const PickleParts& parts(const PickleValue& value) const;
  PickleValue makeDictionary();

  /// Counts memory for something that is kept because of the pickle.
  /// @throws TensorFileError if it is more than may be
  void account(std::size_t bytes);

private:
  template <typename Values>
  void add(Values& values, const typename Values::value_type& value);
  PickleValue makeText(std::string_view text);
  PickleValue makeParts(PickleKind kind, std::size_t firstOnStack);

  std::string_view take(std::uint64_t size);
  std::string_view takeLine();
  std::uint64_t takeUnsigned(std::size_t bytes);

  PickleValue pop();
  const PickleValue& top() const;
  std::size_t popMark();
  void memoize(std::uint64_t index);
  void recall(std::uint64_t index);
  void append(std::size_t firstOnStack, PickleKind kind);
  void addInteger(std::string_view littleEndian);
  void reduce();
  /// Executes one instruction; false at the end.
  bool step(unsigned char opcode);
  [[noreturn]] void refuse(const std::string& what) const;

  std::string_view bytes_;
  PickleObjects& objects_;
  std::uint64_t memoryLeft_;
  std::size_t position_ = 0;
  std::size_t instruction_ = 0; ///< where it began
  std::vector<PickleValue> stack_;
  std::vector<std::size_t> marks_;
  std::vector<PickleValue> memo_;
  std::vector<std::string_view> texts_;
  std::deque<PickleParts> parts_; ///< grows while references to others are held
};

} // namespace tensorview

#endif
