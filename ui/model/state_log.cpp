// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/state_log.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/model/event_words.h"
#include "ui/model/seconds.h"

namespace sluice::ui {

namespace {

/// Of several in one place, the one a person must not miss.
int gravity(ProviderLook look) {
  switch (look) {
    case ProviderLook::Open:
    case ProviderLook::ForcedOpen:
      return 5;
    case ProviderLook::HalfOpen:
      return 4;
    case ProviderLook::NotReady:
      return 3;
    case ProviderLook::Cooling:
    case ProviderLook::Draining:
    case ProviderLook::Disabled:
      return 2;
    case ProviderLook::Closed:
    case ProviderLook::ForcedClosed:
      return 1;
    case ProviderLook::NoData:
      break;
  }
  return 0;
}

std::optional<ProviderLook> lookOf(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::BreakerOpened:
      return ProviderLook::Open;
    case Event::Kind::BreakerHalfOpen:
      return ProviderLook::HalfOpen;
    case Event::Kind::BreakerClosed:
      return ProviderLook::Closed;
    case Event::Kind::BreakerForcedOpen:
      return ProviderLook::ForcedOpen;
    case Event::Kind::BreakerForcedClosed:
      return ProviderLook::ForcedClosed;
    case Event::Kind::CoolDown:
      return ProviderLook::Cooling;
    default:
      return std::nullopt;
  }
}

/// A snapshot may tell of a transition a moment before its event does.
constexpr double kSameMoment = 1.0;

}  // namespace

void StateRuns::transition(double at, ProviderLook look, const QString& cause) {
  // Told by a snapshot already, without its cause.
  if (!m_runs.empty() && m_runs.back().look == look && m_runs.back().cause.isEmpty() &&
      std::abs(m_runs.back().from - at) < kSameMoment && m_runs.size() > 1) {
    m_runs.back().cause = cause;
    const double earliest = m_runs[m_runs.size() - 2].from;
    m_runs.back().from = std::max(earliest, std::min(at, m_runs.back().from));
    return;
  }
  auto next = std::ranges::upper_bound(m_runs, at, {}, &StateRun::from);
  if (next != m_runs.begin() && std::prev(next)->look == look && std::prev(next)->from < at &&
      look != ProviderLook::Open) {
    return;  // nothing changed
  }
  m_runs.insert(next, {at, look, cause});
  if (m_runs.size() > kMost) m_runs.pop_front();
}

void StateRuns::observe(double at, ProviderLook look) {
  if (!m_runs.empty() && (m_runs.back().from >= at || m_runs.back().look == look)) return;
  m_runs.push_back({at, look, {}});
  if (m_runs.size() > kMost) m_runs.pop_front();
}

const StateRun* StateRuns::find(double at, double now, double* to) const {
  const auto next = std::ranges::upper_bound(m_runs, at, {}, &StateRun::from);
  if (next == m_runs.begin()) return nullptr;
  if (to) *to = next == m_runs.end() ? std::max(now, at) : next->from;
  return &*std::prev(next);
}

std::vector<LanePiece> StateRuns::pieces(double from, double to, double now, double least) const {
  std::vector<LanePiece> out;
  const double end = std::min(to, now);
  auto run = std::ranges::upper_bound(m_runs, from, {}, &StateRun::from);
  if (run != m_runs.begin()) --run;  // the one that holds the left edge
  for (; run != m_runs.end() && run->from < end; ++run) {
    const auto next = std::next(run);
    LanePiece piece{std::max(run->from, from),
                    next == m_runs.end() ? end : std::min(next->from, end), run->look, 1};
    if (piece.to <= from) continue;
    const bool tiny = piece.to - piece.from < least;
    // What the last one was widened to may reach into this one.
    if (!out.empty() && piece.from < out.back().to) {
      if (piece.to <= out.back().to || tiny) {
        LanePiece& last = out.back();
        last.to = std::max(last.to, piece.to);
        last.runs += piece.runs;
        if (gravity(piece.look) > gravity(last.look)) last.look = piece.look;
        continue;
      }
      piece.from = out.back().to;
    }
    if (tiny) piece.to = piece.from + least;
    out.push_back(piece);
  }
  return out;
}

void StateLog::add(const Event& event) {
  const auto look = lookOf(event.kind);
  if (!look) return;
  Entry& entry = m_entries[event.subject];
  if (entry.switchedOff) return;
  entry.runs.transition(toSeconds(event.at), *look, eventWords(event));
  ++m_version;
}

void StateLog::observe(const EngineSnapshot& snapshot) {
  const double at = toSeconds(snapshot.takenAt);
  for (const ProviderSnapshot& provider : snapshot.providers) {
    Entry& entry = m_entries[provider.id];
    const auto before = entry.runs.all().size();
    entry.runs.observe(at, ui::lookOf(provider));
    entry.switchedOff = provider.state != config::ProviderState::Ready || !provider.unready.empty();
    if (entry.runs.all().size() != before) ++m_version;
  }
}

const StateRuns* StateLog::find(const std::string& provider) const {
  const auto found = m_entries.find(provider);
  return found == m_entries.end() ? nullptr : &found->second.runs;
}

}  // namespace sluice::ui
