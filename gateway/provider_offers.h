// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "gateway/config/presets.h"

class QObject;

namespace sluice {

/// Looks for providers that could be used as they stand: those whose key is in the environment, told at
/// once, and servers of this machine that answer at their usual address, told when they do. Nothing is
/// sent to them. `found` is called on the thread of `owner`, and no more once that is gone.
void findProviders(QObject* owner, const std::function<void(const config::Offer&)>& found);

}  // namespace sluice
