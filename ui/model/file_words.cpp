// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/file_words.h"
#include "ui/model/refusal_words.h"

#include <QCoreApplication>

namespace sluice::ui {

namespace {
struct Words {
  Q_DECLARE_TR_FUNCTIONS(FileWords)
};
}  // namespace

QString fileWords(const FileState& state) {
  if (state.file.isEmpty()) return {};
  if (!state.refused.isEmpty()) {
    return Words::tr("\u2717 the file was refused and is not in force");
  }
  if (!state.readOnly.isEmpty()) return Words::tr("read-only");
  if (!state.problem.isEmpty()) return Words::tr("\u2717 not written");
  return state.saved ? Words::tr("\u2713 saved") : Words::tr("not written yet");
}

QString fileReason(const FileState& state) {
  if (state.file.isEmpty()) {
    return Words::tr("No file: changes last until the program ends.");
  }
  if (!state.refused.isEmpty()) {
    return Words::tr("\u2717 The file was refused, what is in force is another: %1")
        .arg(faultLine(state.refused.toStdString(), state.file.toStdString()));
  }
  if (!state.readOnly.isEmpty()) {
    return Words::tr("Read-only: %1").arg(refusalWords(state.readOnly));
  }
  if (!state.problem.isEmpty()) {
    return Words::tr("Not written: %1").arg(refusalWords(state.problem));
  }
  return state.saved ? Words::tr("\u2713 saved in %1").arg(state.file)
                     : Words::tr("Not written yet");
}

}  // namespace sluice::ui
