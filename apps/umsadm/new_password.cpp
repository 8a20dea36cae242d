#include "new_password.hpp"

#include <fmt/format.h>

#include "umsadm/base/error.hpp"

namespace umsadm::app {

const Secret* read_new_password(Context& ctx, const std::optional<SecretSource>& source, std::string_view what) {
    if (!source) return nullptr;
    const Secret& first = ctx.secrets.read(*source, fmt::format("new {}", what));
    if (source->kind == SecretSource::Kind::prompt) {
        const Secret& second = ctx.secrets.read(*source, fmt::format("new {}, again", what));
        if (first.reveal() != second.reveal()) {
            throw Error(Code::usage, fmt::format("the new {} was not the same twice", what), "try again");
        }
    }
    return &first;
}

}  // namespace umsadm::app
