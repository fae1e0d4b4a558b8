// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>
#include <string>

#include "gateway/config/config.h"
#include "gateway/engine.h"

class QAction;
class QUndoStack;

namespace sluice::ui {

/// Every change of the config that a person makes in the window goes through here, so that each can be
/// undone: values, states of providers, forms, the editor, going back to a revision. Confined to the UI
/// thread.
class ConfigEdits final : public QObject {
  Q_OBJECT
 public:
  explicit ConfigEdits(Engine& engine, QObject* parent = nullptr);
  ~ConfigEdits() override;

  Engine& engine() const { return m_engine; }
  QUndoStack& stack() const { return *m_stack; }
  /// With their shortcuts; the text names the change. They do nothing while a pop-up is open.
  QAction* makeUndoAction(QObject* parent);
  QAction* makeRedoAction(QObject* parent);

  using Change = std::function<void(config::Config&)>;
  /// One change, one undo step, written at once. False: refused, see refused().
  bool change(const Change& change);
  /// One of many of a gesture, as of a slider that is dragged: in force at once, written and one undo
  /// step with the others of the same key when finish() is called, another key is changed, or none
  /// came for kRestMs, unless `held`.
  bool changeOn(const QString& key, const Change& change, bool held);
  /// The gesture is at its end.
  void finish();
  /// A whole text comes into force.
  ApplyResult replaceText(const std::string& text, Author author, const QString& what);
  /// The value is as it is when the file does not tell it.
  bool resetValue(const std::string& path);
  /// One undo step. What is done to a breaker is undone by bringing back the state it was in; of a reset
  /// that only forgot failures or ended a cool-down nothing can be brought back, and it is no step.
  bool command(const QString& provider, ProviderCommand command);

  /// Why nothing can be changed; empty: it can.
  QString readOnly() const { return m_engine.fileState().readOnly; }

  static constexpr int kRestMs = 500;

 signals:
  /// The gesture is about to end: who holds back a part of it makes it now.
  void finishing();
  /// What a change was refused for; empty: the last one was not.
  void refused(const QString& why);

 private:
  friend class EditCommand;
  struct Before {
    std::string text;
    std::shared_ptr<const config::Config> config;
  };
  Before before() const;
  void push(const Before& before);
  bool told(const ApplyResult& result);

  Engine& m_engine;
  std::unique_ptr<QUndoStack> m_stack;
  QString m_key;  // of the gesture under way; empty: none
  Before m_before;
  QTimer m_rest;
};

}  // namespace sluice::ui
