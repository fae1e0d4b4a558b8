// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <string>

#include "gateway/event.h"

namespace sluice::ui {

/// What an event says, in the language of the window. The engine speaks English, as the log and the
/// API do; what it says is known here sentence by sentence. What is not known, such as the words of
/// the system, stays as it is.
QString eventWords(const Event& event);

/// The same for why a provider or a client has no key: ProviderSnapshot::unready.
QString keyWords(const std::string& unready);

/// The same for what changed between two configs: "openai.requests_per_minute none -> 60". Names and
/// values stay as the config has them.
QString changeWords(const std::string& what);

}  // namespace sluice::ui
