#include "lib/crypto/pem_body.hpp"

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {

Bytes decode_pem_body(const PemSpan& block) {
    const std::size_t begin = block.text.find('\n');
    const std::size_t end = block.text.rfind("-----END ");
    std::string base64;
    if (begin != std::string_view::npos && end != std::string_view::npos && begin < end) {
        for (const char c : block.text.substr(begin, end - begin)) {
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t') base64 += c;
        }
    }
    const auto bytes = base64_decode(base64);
    if (!bytes || bytes->empty()) {
        throw Error(Code::invalid_data, fmt::format("a PEM block {} is damaged: not Base64", in_quotes(block.label)));
    }
    return *bytes;
}

std::string to_pem(std::string_view label, ByteView der) {
    constexpr std::size_t line_length = 64;
    const std::string base64 = base64_encode(der);
    std::string text = fmt::format("-----BEGIN {}-----\n", label);
    for (std::size_t at = 0; at < base64.size(); at += line_length) {
        text.append(base64, at, line_length);
        text += '\n';
    }
    return text + fmt::format("-----END {}-----\n", label);
}

}  // namespace umsadm
