#include "PickleMachine.h"

#include "TensorFileError.h"

#include <algorithm>
#include <cstdio>

namespace tensorview
{
namespace
{

/// The instructions that data needs (CPython, Lib/pickletools.py).
enum Opcode : unsigned char
{
  Mark = '(',
  Stop = '.',
  BinInt = 'J',
  BinInt1 = 'K',
  BinInt2 = 'M',
  None = 'N',
  BinPersistent = 'Q',
  Reduce = 'R',
  BinUnicode = 'X',
  Append = 'a',
  Build = 'b',
  Global = 'c',
  Appends = 'e',
  BinGet = 'h',
  LongBinGet = 'j',
  EmptyList = ']',
  BinPut = 'q',
  LongBinPut = 'r',
  SetItem = 's',
  Tuple = 't',
  EmptyTuple = ')',
  SetItems = 'u',
  EmptyDictionary = '}',
  BinFloat = 'G',
  BinBytes = 'B',
  ShortBinBytes = 'C',
  Protocol = 0x80,
  NewObject = 0x81,
  Tuple1 = 0x85,
  Tuple2 = 0x86,
  Tuple3 = 0x87,
  NewTrue = 0x88,
  NewFalse = 0x89,
  Long1 = 0x8A,
  Long4 = 0x8B,
  ShortBinUnicode = 0x8C,
  BinUnicode8 = 0x8D,
  BinBytes8 = 0x8E,
  EmptySet = 0x8F,
  AddItems = 0x90,
  FrozenSet = 0x91,
  StackGlobal = 0x93,
  Memoize = 0x94,
  Frame = 0x95,
  ByteArray8 = 0x96
};

constexpr unsigned newestProtocol = 5;

struct NamedOpcode
{
  unsigned char opcode;
  const char* name;
};

/// What of the language is refused, by the names of pickletools.
constexpr NamedOpcode refusedOpcodes[] = { { '0', "POP" }, { '1', "POP_MARK" }, { '2', "DUP" },
  { 'F', "FLOAT" }, { 'I', "INT" }, { 'L', "LONG" }, { 'P', "PERSID" }, { 'S', "STRING" },
  { 'T', "BINSTRING" }, { 'U', "SHORT_BINSTRING" }, { 'V', "UNICODE" }, { 'd', "DICT" },
  { 'g', "GET" }, { 'i', "INST" }, { 'l', "LIST" }, { 'o', "OBJ" }, { 'p', "PUT" },
  { 0x82, "EXT1" }, { 0x83, "EXT2" }, { 0x84, "EXT4" }, { 0x92, "NEWOBJ_EX" },
  { 0x97, "NEXT_BUFFER" }, { 0x98, "READONLY_BUFFER" } };

std::string opcodeName(unsigned char opcode)
{
  for (const NamedOpcode& named : refusedOpcodes)
  {
    if (named.opcode == opcode)
    {
      return named.name;
    }
  }
  char text[8];
  std::snprintf(text, sizeof(text), "0x%02X", static_cast<unsigned>(opcode));
  return text;
}

} // namespace

PickleMachine::PickleMachine(
  std::string_view bytes, PickleObjects& objects, std::uint64_t mostMemory)
  : bytes_(bytes)
  , objects_(objects)
  , memoryLeft_(mostMemory)
{
}

PickleValue PickleMachine::run()
{
  do
  {
    this->instruction_ = this->position_;
  } while (this->step(static_cast<unsigned char>(this->take(1).front())));
  return this->pop();
}

std::string_view PickleMachine::text(const PickleValue& value) const
{
  return this->texts_.at(static_cast<std::size_t>(value.number));
}

const PickleParts& PickleMachine::parts(const PickleValue& value) const
{
  return this->parts_.at(static_cast<std::size_t>(value.number));
}

PickleValue PickleMachine::makeDictionary()
{
  this->account(sizeof(PickleParts));
  this->parts_.emplace_back();
  return { PickleKind::Dictionary, static_cast<std::int64_t>(this->parts_.size() - 1) };
}

void PickleMachine::account(std::size_t bytes)
{
  if (bytes > this->memoryLeft_)
  {
    this->refuse("describes far more than its length lets expect");
  }
  this->memoryLeft_ -= bytes;
}

template <typename Values>
void PickleMachine::add(Values& values, const typename Values::value_type& value)
{
  if (values.size() == values.capacity())
  {
    this->account(std::max<std::size_t>(values.capacity(), 1) * sizeof(value));
  }
  values.push_back(value);
}

PickleValue PickleMachine::makeText(std::string_view text)
{
  this->add(this->texts_, text);
  return { PickleKind::Text, static_cast<std::int64_t>(this->texts_.size() - 1) };
}

PickleValue PickleMachine::makeParts(PickleKind kind, std::size_t firstOnStack)
{
  const auto first = this->stack_.begin() + static_cast<std::ptrdiff_t>(firstOnStack);
  this->account(sizeof(PickleParts) + (this->stack_.size() - firstOnStack) * sizeof(PickleValue));
  this->parts_.emplace_back(first, this->stack_.end());
  this->stack_.erase(first, this->stack_.end());
  return { kind, static_cast<std::int64_t>(this->parts_.size() - 1) };
}

void PickleMachine::refuse(const std::string& what) const
{
  throw TensorFileError("its pickle " + what + " at byte " + std::to_string(this->instruction_));
}

std::string_view PickleMachine::take(std::uint64_t size)
{
  if (size > this->bytes_.size() - this->position_)
  {
    this->refuse("ends in the middle of the instruction");
  }
  const std::string_view taken =
    this->bytes_.substr(this->position_, static_cast<std::size_t>(size));
  this->position_ += taken.size();
  return taken;
}

std::string_view PickleMachine::takeLine()
{
  const std::size_t end = this->bytes_.find('\n', this->position_);
  if (end == std::string_view::npos)
  {
    this->refuse("ends in the middle of the instruction");
  }
  const std::string_view line = this->take(end - this->position_);
  this->take(1);
  return line;
}

std::uint64_t PickleMachine::takeUnsigned(std::size_t bytes)
{
  std::uint64_t value = 0;
  const std::string_view taken = this->take(bytes);
  for (std::size_t i = bytes; i-- > 0;)
  {
    value = value << 8 | static_cast<unsigned char>(taken[i]);
  }
  return value;
}

PickleValue PickleMachine::pop()
{
  const PickleValue value = this->top();
  this->stack_.pop_back();
  return value;
}

const PickleValue& PickleMachine::top() const
{
  // What lies below a mark belongs to somebody else.
  if (this->stack_.size() <= (this->marks_.empty() ? 0 : this->marks_.back()))
  {
    this->refuse("takes a value that is not there");
  }
  return this->stack_.back();
}

std::size_t PickleMachine::popMark()
{
  if (this->marks_.empty())
  {
    this->refuse("goes back to a mark that is not there");
  }
  const std::size_t mark = this->marks_.back();
  this->marks_.pop_back();
  return mark;
}

void PickleMachine::memoize(std::uint64_t index)
{
  // Writers number what they remember one by one.
  if (index > this->memo_.size())
  {
    this->refuse("leaves a gap in its memory");
  }
  const PickleValue value = this->top();
  if (index == this->memo_.size())
  {
    this->add(this->memo_, value);
  }
  else
  {
    this->memo_[static_cast<std::size_t>(index)] = value;
  }
}

void PickleMachine::recall(std::uint64_t index)
{
  if (index >= this->memo_.size())
  {
    this->refuse("asks for something that it has not memorised");
  }
  this->add(this->stack_, this->memo_[static_cast<std::size_t>(index)]);
}

void PickleMachine::append(std::size_t firstOnStack, PickleKind kind)
{
  const PickleParts added(
    this->stack_.begin() + static_cast<std::ptrdiff_t>(firstOnStack), this->stack_.end());
  this->stack_.resize(firstOnStack);
  const PickleValue& target = this->top();
  if (target.kind != kind && target.kind != PickleKind::Inert)
  {
    this->refuse("adds to something that is no list or dictionary");
  }
  if (kind == PickleKind::Dictionary && added.size() % 2 != 0)
  {
    this->refuse("adds a key without a value");
  }
  if (target.kind == kind)
  {
    PickleParts& parts = this->parts_[static_cast<std::size_t>(target.number)];
    if (parts.size() + added.size() > parts.capacity())
    {
      this->account(std::max(parts.capacity(), added.size()) * sizeof(PickleValue));
    }
    parts.insert(parts.end(), added.begin(), added.end());
  }
}

void PickleMachine::addInteger(std::string_view littleEndian)
{
  if (littleEndian.size() > sizeof(std::int64_t))
  {
    this->add(this->stack_, { PickleKind::Number, 0 });
    return;
  }
  const bool negative = !littleEndian.empty() && (littleEndian.back() & 0x80) != 0;
  std::uint64_t value = negative ? ~std::uint64_t(0) : 0;
  for (std::size_t i = littleEndian.size(); i-- > 0;)
  {
    value = value << 8 | static_cast<unsigned char>(littleEndian[i]);
  }
  this->add(this->stack_, { PickleKind::Integer, static_cast<std::int64_t>(value) });
}

void PickleMachine::reduce()
{
  const PickleValue arguments = this->pop();
  const PickleValue callee = this->pop();
  if (arguments.kind != PickleKind::Tuple)
  {
    this->refuse("calls something without a tuple of arguments");
  }
  this->add(this->stack_, this->objects_.call(*this, callee, this->parts(arguments)));
}

bool PickleMachine::step(unsigned char opcode)
{
  switch (opcode)
  {
    case Protocol:
      if (this->takeUnsigned(1) > newestProtocol)
      {
        this->refuse("has a protocol that TensorView does not know");
      }
      break;
    case Frame:
      this->take(8);
      break;
    case Stop:
      return false;
    case Mark:
      this->add(this->marks_, this->stack_.size());
      break;

    case None:
      this->add(this->stack_, { PickleKind::None, 0 });
      break;
    case NewTrue:
    case NewFalse:
      this->add(this->stack_, { PickleKind::Bool, opcode == NewTrue ? 1 : 0 });
      break;
    case BinInt:
      this->addInteger(this->take(4));
      break;
    case BinInt1:
      this->add(
        this->stack_, { PickleKind::Integer, static_cast<std::int64_t>(this->takeUnsigned(1)) });
      break;
    case BinInt2:
      this->add(
        this->stack_, { PickleKind::Integer, static_cast<std::int64_t>(this->takeUnsigned(2)) });
      break;
    case Long1:
      this->addInteger(this->take(this->takeUnsigned(1)));
      break;
    case Long4:
      this->addInteger(this->take(this->takeUnsigned(4)));
      break;
    case BinFloat:
      this->take(8);
      this->add(this->stack_, { PickleKind::Number, 0 });
      break;
    case ShortBinUnicode:
      this->add(this->stack_, this->makeText(this->take(this->takeUnsigned(1))));
      break;
    case BinUnicode:
      this->add(this->stack_, this->makeText(this->take(this->takeUnsigned(4))));
      break;
    case BinUnicode8:
      this->add(this->stack_, this->makeText(this->take(this->takeUnsigned(8))));
      break;
    case ShortBinBytes:
      this->take(this->takeUnsigned(1));
      this->add(this->stack_, { PickleKind::Number, 0 });
      break;
    case BinBytes:
      this->take(this->takeUnsigned(4));
      this->add(this->stack_, { PickleKind::Number, 0 });
      break;
    case BinBytes8:
    case ByteArray8:
      this->take(this->takeUnsigned(8));
      this->add(this->stack_, { PickleKind::Number, 0 });
      break;

    case EmptyTuple:
      this->add(this->stack_, this->makeParts(PickleKind::Tuple, this->stack_.size()));
      break;
    case Tuple1:
    case Tuple2:
    case Tuple3:
    {
      const std::size_t size = std::size_t(1) + opcode - Tuple1;
      const std::size_t below = this->marks_.empty() ? 0 : this->marks_.back();
      if (this->stack_.size() - below < size)
      {
        this->refuse("takes a value that is not there");
      }
      this->add(this->stack_, this->makeParts(PickleKind::Tuple, this->stack_.size() - size));
      break;
    }
    case Tuple:
      this->add(this->stack_, this->makeParts(PickleKind::Tuple, this->popMark()));
      break;
    case EmptyList:
    case EmptySet:
      this->add(this->stack_, this->makeParts(PickleKind::List, this->stack_.size()));
      break;
    case FrozenSet:
      this->add(this->stack_, this->makeParts(PickleKind::List, this->popMark()));
      break;
    case EmptyDictionary:
      this->add(this->stack_, this->makeDictionary());
      break;
    case Append:
      this->top();
      this->append(this->stack_.size() - 1, PickleKind::List);
      break;
    case Appends:
    case AddItems:
      this->append(this->popMark(), PickleKind::List);
      break;
    case SetItem:
    {
      const PickleValue value = this->pop();
      this->top();
      this->add(this->stack_, value);
      this->append(this->stack_.size() - 2, PickleKind::Dictionary);
      break;
    }
    case SetItems:
      this->append(this->popMark(), PickleKind::Dictionary);
      break;

    case BinPut:
      this->memoize(this->takeUnsigned(1));
      break;
    case LongBinPut:
      this->memoize(this->takeUnsigned(4));
      break;
    case Memoize:
      this->memoize(this->memo_.size());
      break;
    case BinGet:
      this->recall(this->takeUnsigned(1));
      break;
    case LongBinGet:
      this->recall(this->takeUnsigned(4));
      break;

    case Global:
    {
      const std::string_view module = this->takeLine();
      const std::string_view name = this->takeLine();
      this->add(this->stack_, this->objects_.findClass(module, name));
      break;
    }
    case StackGlobal:
    {
      const PickleValue name = this->pop();
      const PickleValue module = this->pop();
      if (name.kind != PickleKind::Text || module.kind != PickleKind::Text)
      {
        this->refuse("names a class by something that is no text");
      }
      this->add(this->stack_, this->objects_.findClass(this->text(module), this->text(name)));
      break;
    }
    case Reduce:
    case NewObject:
      this->reduce();
      break;
    case Build: // attributes of an object, such as a state dict's version numbers: not of interest
      this->pop();
      this->top();
      break;
    case BinPersistent:
      this->add(this->stack_, this->objects_.findPersistent(*this, this->pop()));
      break;

    default:
      this->refuse("has the instruction " + opcodeName(opcode) +
                   ", which tensors do not need and TensorView does not read,");
  }
  return true;
}

} // namespace tensorview
