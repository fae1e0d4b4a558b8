// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page/pages.h"

#include <QtGlobal>

#include "ui/page/config_page.h"
#include "ui/page/connect_page.h"
#include "ui/page/diagnostics_page.h"
#include "ui/page/overview_page.h"
#include "ui/page/providers_page.h"

namespace sluice::ui {

namespace {

template <class Made>
Page* make(const PageContext& context) {
  return new Made(context);
}

constexpr PageEntry kPages[] = {
    {"overview", QT_TRANSLATE_NOOP("Pages", "Overview"), "\u25A3", make<OverviewPage>},
    {"providers", QT_TRANSLATE_NOOP("Pages", "Providers"), "\u25A4", make<ProvidersPage>},
    {"config", QT_TRANSLATE_NOOP("Pages", "Config"), "\u2699", make<ConfigPage>},
    {"connect", QT_TRANSLATE_NOOP("Pages", "Connect"), "\u21C4", make<ConnectPage>},
    {"diagnostics", QT_TRANSLATE_NOOP("Pages", "Diagnostics"), "\u2695", make<DiagnosticsPage>},
};

}  // namespace

std::span<const PageEntry> pages() {
  return kPages;
}

}  // namespace sluice::ui
