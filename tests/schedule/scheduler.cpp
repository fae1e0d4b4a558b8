// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/schedule/scheduler.h"

#include <cstdlib>
#include <cstring>
#include <sstream>

namespace sluice::schedule {

namespace {

constexpr std::size_t kStack = 256 * 1024;
constexpr std::uint64_t kMostSteps = 100'000;
/// The one whose run is under way; null: none is.
Scheduler* g_running = nullptr;
std::uint64_t g_steps = 0;  // of this run, and of the checks after it

}  // namespace

Scheduler::Scheduler(int argc, char** argv) {
  constexpr const char* kReplay = "--replay=";
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], kReplay, std::strlen(kReplay)) != 0) continue;
    const std::string text = argv[i] + std::strlen(kReplay);
    m_replayName = text.substr(0, text.rfind(':'));
    std::istringstream choices(text.substr(m_replayName.size()));
    for (char separator; choices >> separator;) {
      int taken = 0;
      if (choices >> taken) m_replay.push_back({taken, 0});
    }
  }
}

int Scheduler::finish() const {
  std::printf("%d passed, %d failed\n", m_passed, m_failed);
  return m_failed == 0 ? 0 : 1;
}

void Scheduler::search(const Options& options,
                       const std::function<std::unique_ptr<Scenario>()>& make) {
  const bool replay = m_replayName == options.name;
  if (!m_replayName.empty() && !replay) return;
  m_choices = replay ? m_replay : std::vector<Choice>();
  m_bound = options.preemptions + (std::getenv("SLUICE_DEEP") ? 1 : 0);
  if (replay) m_bound = 1000;
  m_contended = 0;
  std::uint64_t runs = 0;
  bool held = true;
  do {
    const auto scenario = make();
    ++runs;
    held = runOnce(*scenario);
  } while (held && !replay && nextChoices());
  const bool good =
      options.sound ? held && (replay || (runs >= options.least && m_contended > 0)) : !held;
  std::printf("%-4s %-32s %s after %llu runs, %llu contended\n", good ? "ok" : "FAIL", options.name,
              held ? "no failure" : "a failure", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(m_contended));
  if (!held && options.sound) {
    std::printf("     %s\n     --replay=%s:%s\n", m_failure.c_str(), options.name,
                choicesText().c_str());
  }
  (good ? m_passed : m_failed)++;
}

bool Scheduler::runOnce(Scenario& scenario) {
  m_depth = 0;
  m_budget = m_bound;
  g_steps = 0;
  m_failure.clear();
  m_threads.clear();
  for (auto& body : scenario.threads()) {
    auto thread = std::make_unique<Thread>();
    thread->body = std::move(body);
    if (m_stacks.empty()) {
      thread->stack = std::make_unique<char[]>(kStack);
    } else {
      thread->stack = std::move(m_stacks.back());
      m_stacks.pop_back();
    }
    getcontext(&thread->context);
    thread->context.uc_stack.ss_sp = thread->stack.get();
    thread->context.uc_stack.ss_size = kStack;
    thread->context.uc_link = nullptr;
    makecontext(&thread->context, reinterpret_cast<void (*)()>(&Scheduler::enter), 1,
                static_cast<unsigned>(m_threads.size()));
    m_threads.push_back(std::move(thread));
  }
  g_running = this;
  m_current = -1;
  switchFrom(-1, false);  // comes back when all have ended, or one failed
  g_running = nullptr;
  if (m_failure.empty()) {
    // Checks after the end run on no thread, so a failure there has nowhere to go but an exception.
    try {
      scenario.after();
    } catch (const std::string& what) {
      m_failure = what;
    }
  }
  if (!m_failure.empty()) {
    // What is in the middle of something stays as it is: its stack cannot be unwound.
    for (auto& thread : m_threads) (void)thread.release();
    m_threads.clear();
    return false;
  }
  for (auto& thread : m_threads) m_stacks.push_back(std::move(thread->stack));
  return true;
}

bool Scheduler::nextChoices() {
  while (!m_choices.empty() && m_choices.back().taken + 1 >= m_choices.back().of) {
    m_choices.pop_back();
  }
  if (m_choices.empty()) return false;
  ++m_choices.back().taken;
  return true;
}

int Scheduler::choose(int n) {
  if (n <= 1) return 0;
  if (m_depth == m_choices.size()) m_choices.push_back({0, n});
  Choice& choice = m_choices[m_depth++];
  if (choice.of == 0) choice.of = n;  // of a replay
  if (choice.of != n) fail("the run is not repeatable: something in it depends on chance");
  return choice.taken;
}

void Scheduler::switchFrom(int from, bool mayStay) {
  std::vector<int> candidates;
  if (mayStay) candidates.push_back(from);
  if (!mayStay || m_budget > 0) {
    for (int i = 0; i < static_cast<int>(m_threads.size()); ++i) {
      if (i != from && m_threads[static_cast<std::size_t>(i)]->enabled()) candidates.push_back(i);
    }
  }
  ucontext_t* leaving = from < 0 ? &m_main : &m_threads[static_cast<std::size_t>(from)]->context;
  if (candidates.empty()) {
    for (const auto& thread : m_threads) {
      if (!thread->done) fail("deadlock: all that have not ended wait");
    }
    m_current = -1;
    swapcontext(leaving, &m_main);
    return;
  }
  const int next =
      candidates[static_cast<std::size_t>(choose(static_cast<int>(candidates.size())))];
  if (mayStay && next == from) return;
  if (mayStay) --m_budget;
  m_current = next;
  Thread& thread = *m_threads[static_cast<std::size_t>(next)];
  thread.ready = nullptr;
  swapcontext(leaving, &thread.context);
}

void Scheduler::enter(unsigned index) {
  Thread& thread = *g_running->m_threads[index];
  thread.body();
  thread.body = nullptr;
  thread.done = true;
  g_running->switchFrom(static_cast<int>(index), false);
}

void Scheduler::point() {
  Scheduler* self = g_running;
  if (!self || self->m_current < 0) return;
  if (++g_steps > kMostSteps) fail("the run does not end");
  self->switchFrom(self->m_current, true);
}

void Scheduler::await(std::function<bool()> ready) {
  Scheduler* self = g_running;
  if (!self || self->m_current < 0 || ready()) return;
  self->m_threads[static_cast<std::size_t>(self->m_current)]->ready = std::move(ready);
  self->switchFrom(self->m_current, false);
}

int Scheduler::branch(int n) {
  Scheduler* self = g_running;
  if (!self || self->m_current < 0 || self->m_budget == 0) return 0;
  const int taken = self->choose(n);
  if (taken > 0) --self->m_budget;
  return taken;
}

std::uint64_t Scheduler::steps() {
  return ++g_steps;
}

void Scheduler::countContention() {
  if (g_running) ++g_running->m_contended;
}

void Scheduler::fail(const std::string& what) {
  Scheduler* self = g_running;
  if (!self || self->m_current < 0) throw what;
  self->m_failure = what;
  setcontext(&self->m_main);
  std::abort();
}

std::string Scheduler::choicesText() const {
  std::string text;
  for (std::size_t i = 0; i < m_depth && i < m_choices.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(m_choices[i].taken);
  }
  return text;
}

}  // namespace sluice::schedule
