// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's config as a text and a file.
#include <QThread>
#include <utility>

#include "gateway/engine.h"
#include "gateway/key_ring.h"

namespace sluice {

ApplyResult Engine::resultOf(std::vector<config::Fault> faults) const {
  if (!faults.empty()) return {std::move(faults), 0};
  return {{}, revision()};
}

ApplyResult Engine::load(const QString& path) {
  return resultOf(m_keeper->load(path));
}

Keychain* Engine::keychain() const {
  return m_keyRing->keychain();
}

void Engine::readKeychain() {
  m_keyRing->forgetAsked();
  if (const auto current = config()) m_keyRing->want(*current);
}

ApplyResult Engine::reload() {
  readKeychain();
  return resultOf(m_keeper->reload());
}

QString Engine::configFile() const {
  return m_keeper->state().file;
}

ApplyResult Engine::apply(config::Config next) {
  ApplyResult result = *applyIf(next, std::nullopt);
  if (!result.applied()) return result;
  addEvent({Event::Kind::ConfigApplied,
            now(),
            {},
            "revision " + std::to_string(result.revision) + " is in force"});
  auto begin = [this, next = std::move(next)]() mutable {
    if (m_keeper->state().file.isEmpty()) m_keeper->begin(std::move(next));
  };
  if (QThread::currentThread() == thread()) {
    begin();
  } else {
    post(begin);
  }
  return result;
}

ApplyResult Engine::applyText(const std::string& text) {
  config::ReadResult read = config::readYaml(text);
  if (!read.config) return {std::move(read.faults), 0};
  ApplyResult result = *applyIf(*read.config, std::nullopt);
  if (result.applied()) m_keeper->begin(std::move(*read.config), text);
  return result;
}

ApplyResult Engine::edit(const Change& change, Author author) {
  ApplyResult result = this->change(change);
  if (!result.applied()) return result;
  if (QThread::currentThread() == thread()) {
    m_keeper->settle(author);
  } else {
    post([this, author] { m_keeper->settle(author); });
  }
  return result;
}

ApplyResult Engine::editOn(const Change& change) {
  m_keeper->unsettled();
  return this->change(change);
}

void Engine::settle() {
  m_keeper->settle(Author::Window);
}

ApplyResult Engine::replaceText(const std::string& text, Author author, const std::string& what) {
  return resultOf(m_keeper->replace(text, author, what));
}

QString Engine::saveAs(const QString& file) {
  return m_keeper->saveAs(file);
}

const std::string& Engine::configText() const {
  return m_keeper->text();
}

FileState Engine::fileState() const {
  return m_keeper->state();
}

const std::deque<Revision>& Engine::revisions() const {
  return m_keeper->revisions();
}

const std::optional<FileConflict>& Engine::conflict() const {
  return m_keeper->conflict();
}

void Engine::askAboutConflicts(bool asked) {
  m_keeper->setAsked(asked);
}

ApplyResult Engine::resolve(Resolution resolution) {
  return resultOf(m_keeper->resolve(resolution));
}

}  // namespace sluice
