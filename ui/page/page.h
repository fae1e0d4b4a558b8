// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>

#include "gateway/command.h"
#include "gateway/engine.h"
#include "ui/model/snapshot_history.h"

namespace sluice::ui {

class ConfigEdits;

/// What a page is made of and may use as long as it lives.
struct PageContext {
  Engine& engine;
  const SnapshotHistory& history;
  ConfigEdits& edits;  ///< what changes the config goes through here
};

/// One page of the window. Confined to the UI thread.
class Page : public QWidget {
  Q_OBJECT
 public:
  explicit Page(QWidget* parent = nullptr) : QWidget(parent) {}

  using QWidget::show;
  /// With every snapshot, ten times a second, while the page is the one that is seen.
  virtual void show(const EngineSnapshot& snapshot, const SnapshotHistory& history) {
    Q_UNUSED(snapshot);
    Q_UNUSED(history);
  }
  /// With every snapshot, whether or not the page is seen: for what is to be known of the time when
  /// nobody looked.
  virtual void keep(const EngineSnapshot& snapshot) { Q_UNUSED(snapshot); }
  /// Another config is in force, or the gateway listens elsewhere. `url` as of Engine::url().
  virtual void showConfig(const config::Config& config, const QString& url) {
    Q_UNUSED(config);
    Q_UNUSED(url);
  }
  /// Somebody chose this provider elsewhere.
  virtual void chooseProvider(const QString& provider) { Q_UNUSED(provider); }
  /// False: a picture of it would show less than there will be in a moment.
  virtual bool worthAPicture() const { return true; }

 signals:
  /// A person wants this done to a provider. The window does it, in one place.
  void commanded(const QString& provider, sluice::ProviderCommand command);
  /// A person wants to see this provider, on the Providers page.
  void providerChosen(const QString& provider);
  /// This provider is the one that is looked at.
  void providerShown(const QString& provider);
  /// A person wants to be shown around.
  void tourWanted();
};

}  // namespace sluice::ui
