#ifndef pqChoiceBox_h
#define pqChoiceBox_h

#include <QComboBox>

/**
 * Combo box whose value is a text. A value that is not among the entries becomes one, so that the
 * box always shows what the linked property holds (a network may be any file's path).
 */
class pqChoiceBox : public QComboBox
{
  Q_OBJECT
  Q_PROPERTY(QString choice READ choice WRITE setChoice NOTIFY choiceChanged USER true)

public:
  explicit pqChoiceBox(QWidget* parent = nullptr);

  QString choice() const { return this->currentText(); }
  void setChoice(const QString& text);

  /// Replaces the entries; the value stays. Emits nothing.
  void setChoices(const QStringList& texts);

Q_SIGNALS:
  void choiceChanged(const QString& text);
};

#endif
