// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/model/breaker_words.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/model/seconds.h"
#include "ui/model/snippets.h"

namespace sluice::ui {

namespace {
struct Words {
  Q_DECLARE_TR_FUNCTIONS(Breaker)
};

/// Of what is limited, that with the smallest part left.
struct Narrowest {
  Binding binding = Binding::None;
  double least = 2;

  void consider(Binding what, bool limited, double left, double of) {
    if (!limited) return;
    const double share = of <= 0 ? 0 : std::max(left, 0.0) / of;
    if (share >= least) return;
    least = share;
    binding = what;
  }
  void consider(Binding what, const BucketSnapshot& bucket) {
    consider(what, bucket.limited, static_cast<double>(bucket.available),
             static_cast<double>(bucket.capacity));
  }
};
}  // namespace

QString breakerWords(const BreakerSnapshot& b) {
  switch (b.state) {
    case BreakerState::Open:
      return b.hardDown
                 ? Words::tr("open: our key was refused; one good answer closes it, next try in %1")
                       .arg(lengthText(toSeconds(b.retryIn)))
                 : Words::tr("open: the next call after %1 is a probe")
                       .arg(lengthText(toSeconds(b.retryIn)));
    case BreakerState::HalfOpen:
      return Words::tr("half-open: %1 of %2 probes were good; one failure opens it again")
          .arg(b.probesOk)
          .arg(b.probesNeeded);
    case BreakerState::ForcedOpen:
      return Words::tr("held open by hand, until it is reset");
    case BreakerState::ForcedClosed:
      return Words::tr("held closed by hand, whatever fails, until it is reset");
    case BreakerState::Closed:
      break;
  }
  const QString row =
      Words::tr("%1 of %2 failures in a row").arg(b.failures).arg(b.failureThreshold);
  const QString window = lengthText(toSeconds(b.window));
  if (b.windowCalls < b.minimumCalls) {
    return Words::tr("not tripped: %1; %2 of %3 calls needed in %4 before their share counts")
        .arg(row)
        .arg(b.windowCalls)
        .arg(b.minimumCalls)
        .arg(window);
  }
  const double share =
      b.windowCalls == 0 ? 0 : 100.0 * b.windowFailures / static_cast<double>(b.windowCalls);
  return Words::tr("not tripped: %1; %2 of %3 calls failed in %4 (%5 %), it takes %6 %")
      .arg(row)
      .arg(b.windowFailures)
      .arg(b.windowCalls)
      .arg(window)
      .arg(decimalText(share, 1))
      .arg(decimalText(b.errorRate * 100, 0));
}

Binding bindingOf(const ProviderSnapshot& p) {
  Narrowest narrowest;
  narrowest.consider(Binding::Requests, p.requests);
  narrowest.consider(Binding::Tokens, p.tokens);
  narrowest.consider(Binding::Concurrency, p.concurrency.limited,
                     static_cast<double>(p.concurrency.limit) - p.concurrency.inFlight,
                     p.concurrency.limit);
  return narrowest.binding;
}

Binding bindingOf(const ScopeSnapshot& limits) {
  Narrowest narrowest;
  narrowest.consider(Binding::Requests, limits.requests);
  narrowest.consider(Binding::Tokens, limits.tokens);
  return narrowest.binding;
}

}  // namespace sluice::ui
