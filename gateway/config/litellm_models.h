// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gateway/config/litellm_reader.h"

namespace sluice::config {

/// One element of model_list.
struct Deployment {
  Item place;
  Provider provider;     ///< without an id
  std::string name;      ///< what its id is made of
  bool limited = false;  ///< has limits of its own
  std::string literal;   ///< a key that stood in the file
  Item key;
  std::string keyName;  ///< the variable that is to hold it
  Target target;
  std::optional<double> order, weight, rpm, tpm;
};

struct LiteLlmService;

/// The model_list of a config of the LiteLLM proxy, and the credentials it refers to.
class LiteLlmModels : public LiteLlmReader {
 protected:
  using LiteLlmReader::LiteLlmReader;

  void breaker(Provider& provider, Items& from);
  void timeout(Provider& provider, const Item& item);
  void credentials(const Item& list);
  /// Puts it into its group, or notes why it cannot be taken over.
  void model(const Item& item);

  Provider m_usual;  ///< breaker and timeouts of all that say nothing else
  /// By model_name, in file order; none is empty.
  std::vector<std::pair<std::string, std::vector<Deployment>>> m_groups;
  std::set<std::string> m_variables;  ///< that hold a key
  Items m_unused;                     ///< credentials that no model names

 private:
  void limits(Deployment& to, Items& from);
  void key(Deployment& to, const LiteLlmService& service, const std::optional<Item>& item);
  bool address(Deployment& to, const LiteLlmService& service, const std::optional<Item>& item);
  const LiteLlmService* serviceOf(const Item& model, std::string& name,
                                  const std::optional<Item>& custom);
  bool target(Deployment& to, const Item& model, const std::string& name, const std::string& asked);

  std::map<std::string, Items> m_credentials;
};

}  // namespace sluice::config
