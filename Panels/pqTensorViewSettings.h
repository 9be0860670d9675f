#ifndef pqTensorViewSettings_h
#define pqTensorViewSettings_h

/// The user's choices that outlive a session, in ParaView's settings.
namespace pqTensorViewSettings
{

/// Opening a recorded run by hand makes its views. Default: true.
bool createViewsForRuns();
void setCreateViewsForRuns(bool value);

/// Colour ranges grow with live values. Default: true.
bool growColorRanges();
void setGrowColorRanges(bool value);

} // namespace pqTensorViewSettings

#endif
