// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/keychain.h"

#include <qt6keychain/keychain.h>

#include <QString>

namespace sluice::app {

namespace {

const QString kService = QStringLiteral("sluice");

std::string problemOf(const QKeychain::Job& job, const std::string& name) {
  switch (job.error()) {
    case QKeychain::NoError:
      return {};
    case QKeychain::EntryNotFound:
      return "the keychain has nothing under '" + name + "'";
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
      return "the keychain refused to tell '" + name + "'";
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
      return "no keychain service runs here (a Secret Service such as GNOME Keyring, or KWallet); "
             "use env:NAME or file:PATH";
    default:
      return "the keychain does not answer for '" + name + "': " + job.errorString().toStdString();
  }
}

}  // namespace

void SystemKeychain::read(const std::string& name, std::function<void(Answer)> done) {
  auto* job = new QKeychain::ReadPasswordJob(kService);
  job->setInsecureFallback(false);
  job->setKey(QString::fromStdString(name));
  QObject::connect(job, &QKeychain::Job::finished, job, [job, name, done = std::move(done)] {
    std::string problem = problemOf(*job, name);
    std::string secret = problem.empty() ? job->textData().toStdString() : std::string();
    if (problem.empty() && secret.empty()) problem = "the keychain's '" + name + "' is empty";
    done({std::move(secret), std::move(problem)});
  });
  job->start();
}

void SystemKeychain::write(const std::string& name, const std::string& secret,
                           std::function<void(std::string)> done) {
  auto* job = new QKeychain::WritePasswordJob(kService);
  job->setInsecureFallback(false);
  job->setKey(QString::fromStdString(name));
  job->setTextData(QString::fromStdString(secret));
  QObject::connect(job, &QKeychain::Job::finished, job,
                   [job, name, done = std::move(done)] { done(problemOf(*job, name)); });
  job->start();
}

}  // namespace sluice::app
