// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Which model a request asks for that is passed on as it is. Pure.
namespace sluice::exchange {

struct ModelPeek {
  enum class State : std::uint8_t {
    Found,
    More,  ///< not in what has come so far
    None,  ///< the body names none
  };
  State state = State::None;
  std::string model;
  std::size_t at = 0;    ///< where it stands in the body: with its quotes in JSON, bare in a form
  std::size_t size = 0;  ///< bytes there
  bool json = false;
};

/// Looks for `model` in the first bytes of a body: the member of a JSON object, or the field of a
/// multipart form (RFC 7578). `whole`: there are no more. The rest is neither checked nor kept.
ModelPeek peekModel(std::string_view contentType, std::string_view body, bool whole);

/// Whether any reader of this whole body takes the same model from it as peekModel(): it is JSON, or a
/// form, without a fault, and names its model once. For who may use some models only: of two members
/// of one name readers take the first or the last, and some take "Model" for it too.
bool namesOneModel(std::string_view contentType, std::string_view body);

}  // namespace sluice::exchange
