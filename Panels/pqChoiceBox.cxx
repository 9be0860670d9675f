#include "pqChoiceBox.h"

#include <QSignalBlocker>

//-----------------------------------------------------------------------------
pqChoiceBox::pqChoiceBox(QWidget* parentWidget)
  : QComboBox(parentWidget)
{
  QObject::connect(this, &QComboBox::currentTextChanged, this, &pqChoiceBox::choiceChanged);
}

//-----------------------------------------------------------------------------
void pqChoiceBox::setChoice(const QString& text)
{
  if (text == this->currentText())
  {
    return;
  }
  if (this->findText(text) < 0)
  {
    const QSignalBlocker blocker(this); // the first entry of an empty box becomes current by itself
    this->addItem(text);
    this->setCurrentIndex(-1);
  }
  this->setCurrentIndex(this->findText(text));
}

//-----------------------------------------------------------------------------
void pqChoiceBox::setChoices(const QStringList& texts)
{
  const QSignalBlocker blocker(this);
  const QString current = this->currentText();
  this->clear();
  this->addItems(texts);
  if (!current.isEmpty())
  {
    this->setChoice(current);
  }
}
