#ifndef TENSORVIEW_EDIT_H
#define TENSORVIEW_EDIT_H

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

/// What an edit of a network in training is asked for, planned and told as. Torch-free.
namespace tensorview
{

/// How the filters that go are chosen, where they are not named.
enum class PruneChoice : int
{
  LeastDamage, ///< one after the other the filter whose loss changes the next layer least
  Correlated,  ///< groups of correlated filters; the lowest slot of a group stays
  SmallestNorm ///< the smallest sum of absolute incoming weights
};
/// least-damage, correlated, smallest-norm
const char* toString(PruneChoice choice);
/// @throws std::invalid_argument naming the allowed words
PruneChoice pruneChoice(const std::string& name);

/// What becomes of the outgoing weights of a filter that goes.
enum class PruneMethod : int
{
  Reconstruct, ///< onto all that stay and the next bias, by least squares
  Scale,       ///< onto the survivor and the next bias, by least squares
  Sum,         ///< onto the survivor as they are
  Drop         ///< lost
};
/// reconstruct, scale, sum, drop
const char* toString(PruneMethod method);
/// @throws std::invalid_argument naming the allowed words
PruneMethod pruneMethod(const std::string& name);

/// A wish to remove filters of a layer, and with them those of all layers coupled to it by sums.
struct EditRequest
{
  std::string layer;
  std::vector<int> slots;     ///< to remove; empty: chosen until pruneTo filters remain
  std::vector<int> survivors; ///< one for each of `slots`, or empty: the one most like it
  std::int64_t pruneTo = 0;   ///< filters that remain, if slots is empty. 0 with
                              ///< PruneChoice::Correlated: every group becomes one filter
  /// With PruneChoice::Correlated and pruneTo: only groups become one filter each, as with pruneTo
  /// 0, and no more filters go than leave pruneTo.
  bool groups = false;
  PruneChoice choice = PruneChoice::LeastDamage;
  PruneMethod method = PruneMethod::Reconstruct;
  double ridge = 1e-6;    ///< part of the mean diagonal of the Gram matrix
  double threshold = 0.9; ///< floor of the coefficient, of PruneChoice::Correlated
  bool measure = true;    ///< evaluate before and after on the validation part, too
  /// The edit is refused if the accuracy falls by more (0.001 = 0.1 points); measures, too. Not a
  /// number: no check.
  double accuracyTolerance = std::numeric_limits<double>::quiet_NaN();
  std::string why; ///< in the user's words, may be empty
};

/// No filters are alike enough to be merged; nothing else is wrong.
class NothingToMerge : public std::invalid_argument
{
public:
  using std::invalid_argument::invalid_argument;
};

/// What was chosen and solved for a request. Made beside the training; it holds for the slots that
/// were there when it was made, and for whatever values the weights have when it is applied.
struct EditPlan
{
  EditRequest request;
  std::int64_t step = 0; ///< whose weights the statistics were taken with

  /// A layer that loses filters: the requested one, and those coupled to it.
  struct Member
  {
    std::string layer;
    std::vector<int> present;   ///< slots when the plan was made, ascending
    std::vector<int> removed;   ///< slots, ascending
    std::vector<int> survivors; ///< one for each of `removed`, -1 = of none in particular
  };
  std::vector<Member> members; ///< the requested layer first

  /// A layer that reads the members' filters. With W the weights that leave a filter k, and S those
  /// summed over the window, for each dropped d: W_k += c_dk W_d, bias += c_d1 S_d.
  struct Reader
  {
    std::string layer;
    std::vector<double> coefficients; ///< [removed, kept + 1], the last of the constant 1
  };
  std::vector<Reader> readers;

  struct Candidate
  {
    int slot = 0;
    int survivor = -1;
    /// Of the choice: of least-damage the squared error relative to the whole, of correlated the
    /// coefficient with the survivor, of smallest-norm the norm.
    double score = 0.0;
    double error = 0.0; ///< predicted error once this and all before it are gone
  };
  std::vector<Candidate> ranking; ///< in the order in which filters would go, all that could
  /// Relative change of the readers' pre-activations; not a number where it is not known.
  double predictedError = std::numeric_limits<double>::quiet_NaN();
};

/// A plan with what it would do to the accuracy, for display.
struct EditPreview
{
  EditPlan plan;
  float accuracyBefore = std::numeric_limits<float>::quiet_NaN(); ///< validation part
  float accuracyAfter = std::numeric_limits<float>::quiet_NaN();
};

/// What was done: one line of a run file's edits.
struct EditReport
{
  std::string what;      ///< prune, undo, redo, freeze, unfreeze, load
  std::int64_t step = 0; ///< at which the network changed, before the next update
  /// Step that an undo, redo or load left; -1 = the same training goes on.
  std::int64_t leftStep = -1;
  struct Layer
  {
    std::string layer;
    std::int64_t filtersBefore = 0;
    std::int64_t filtersAfter = 0;
    std::vector<int> slots;     ///< removed, brought back, frozen ..., ascending
    std::vector<int> survivors; ///< of a prune: one for each slot, -1 = none in particular
  };
  std::vector<Layer> layers; ///< the requested one first
  std::string choice;        ///< of a prune; "slots" if they were named
  std::string method;
  double ridge = std::numeric_limits<double>::quiet_NaN();
  double predictedError = std::numeric_limits<double>::quiet_NaN();
  float accuracyBefore = std::numeric_limits<float>::quiet_NaN();
  float accuracyAfter = std::numeric_limits<float>::quiet_NaN();
  std::string why;
};

/// A line of JSON as docs/run-format.md states it; what is not known is left out.
std::string toJson(const EditReport& report);

/// A line of JSON for display (docs/scripting.md); what is not known is left out.
std::string toJson(const EditPreview& preview);

} // namespace tensorview

#endif
