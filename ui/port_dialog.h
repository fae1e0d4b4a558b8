// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>

#include "gateway/engine.h"

class QWidget;

namespace sluice::ui {

/// Tells why the gateway cannot listen, and offers the next free port where there is one. Returns
/// the port the person took.
std::optional<quint16> offerNextPort(QWidget* parent, const StartError& error);

}  // namespace sluice::ui
