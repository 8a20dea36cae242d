#include "umsadm/base/secret_source.hpp"

#include <algorithm>

#include "umsadm/base/error.hpp"

namespace umsadm {

std::string SecretSource::to_string() const {
    switch (kind) {
        case Kind::file: return "file:" + value;
        case Kind::fd: return "fd:" + value;
        case Kind::env: return "env:" + value;
        case Kind::prompt: return "prompt";
    }
    return {};
}

SecretSource SecretSource::parse(std::string_view text) {
    if (text == "prompt") {
        return {Kind::prompt, {}};
    }
    const auto colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    const std::string_view value = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    if (kind == "file" && !value.empty()) {
        return {Kind::file, std::string(value)};
    }
    if (kind == "env" && !value.empty()) {
        return {Kind::env, std::string(value)};
    }
    const bool digits = std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (kind == "fd" && !value.empty() && value.size() <= 6 && digits) {
        return {Kind::fd, std::string(value)};
    }
    throw Error(Code::usage, "a password source must be file:PATH, fd:N, env:NAME or prompt",
                "a password itself is never an argument: put it into a file that only you can read and use file:PATH");
}

}  // namespace umsadm
