// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "gateway/metrics/snapshot.h"

namespace sluice::ui {

/// Why a breaker is as it is, and what is missing for the next step: "not tripped: 3 of 10 calls
/// needed before a share counts".
QString breakerWords(const BreakerSnapshot& breaker);

/// What of a provider will refuse first: whichever has the smallest part left.
enum class Binding : std::uint8_t { None, Requests, Tokens, Concurrency };
Binding bindingOf(const ProviderSnapshot& provider);
/// The same of a client key or a route.
Binding bindingOf(const ScopeSnapshot& limits);

}  // namespace sluice::ui
