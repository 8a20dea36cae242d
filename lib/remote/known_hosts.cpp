#include "umsadm/remote/known_hosts.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/wire.hpp"

namespace umsadm {
namespace {

struct Line {
    std::string_view marker;
    std::string_view names;
    KnownHostKeys::Entry entry;
};

std::string_view next_word(std::string_view& rest) noexcept {
    rest = trim(rest);
    const auto end = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    return word;
}

std::optional<Line> read_line(std::string_view text) {
    Line line;
    std::string_view rest = trim(text);
    if (rest.empty() || rest[0] == '#') return std::nullopt;
    if (rest[0] == '@') line.marker = next_word(rest);
    line.names = next_word(rest);
    line.entry.type = next_word(rest);
    const auto blob = base64_decode(next_word(rest));
    if (!blob || blob->empty()) return std::nullopt;
    line.entry.blob = *blob;
    line.entry.revoked = line.marker == "@revoked";
    // A certificate authority is no host key, and a marker that we do not know may mean anything.
    if (!line.marker.empty() && !line.entry.revoked) return std::nullopt;
    try {
        if (remote::WireReader(line.entry.blob, "host key").text() != line.entry.type) return std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
    return line;
}

bool matches_pattern(std::string_view name, std::string_view pattern) noexcept {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t star = std::string_view::npos;
    std::size_t after_star = 0;
    while (at < name.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            after_star = at;
        } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == name[at])) {
            ++in_pattern;
            ++at;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool matches_hash(std::string_view name, std::string_view hashed) {
    const auto parts = split(hashed, '|');  // "", "1", salt, hash
    if (parts.size() != 4 || parts[1] != "1") return false;
    const auto salt = base64_decode(parts[2]);
    const auto expected = base64_decode(parts[3]);
    if (!salt || !expected) return false;
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const ByteView bytes = as_bytes(name);
    if (HMAC(EVP_sha1(), salt->data(), static_cast<int>(salt->size()), bytes.data(), bytes.size(), digest.data(),
             &size) == nullptr) {
        throw Error(Code::failed, "cannot compute HMAC-SHA1");
    }
    return std::equal(expected->begin(), expected->end(), digest.begin(), digest.begin() + size);
}

bool matches(std::string_view name, std::string_view names) {
    if (names.starts_with('|')) return matches_hash(name, names);
    bool found = false;
    for (const std::string& part : split(to_lower(names), ',')) {
        const bool negated = part.starts_with('!');
        if (!matches_pattern(name, std::string_view(part).substr(negated ? 1 : 0))) continue;
        if (negated) return false;
        found = true;
    }
    return found;
}

}  // namespace

HostKey make_host_key(ByteView blob) {
    HostKey key;
    key.type = remote::WireReader(blob, "the host key").text();
    key.blob = to_bytes(blob);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(blob.data(), blob.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw Error(Code::failed, "cannot compute SHA-256");
    }
    key.fingerprint = "SHA256:" + base64_encode({digest.data(), size}, Padding::no);
    return key;
}

KnownHostKeys::Verdict KnownHostKeys::judge(const HostKey& offered) const {
    Verdict verdict = Verdict::unknown;
    for (const Entry& entry : entries) {
        const bool same = entry.blob == offered.blob;
        if (entry.revoked) {
            if (same) return Verdict::revoked;
        } else if (same) {
            verdict = Verdict::match;
        } else if (verdict != Verdict::match) {
            const bool same_type = entry.type == offered.type;
            if (same_type || verdict == Verdict::unknown) {
                verdict = same_type ? Verdict::changed : Verdict::other_type_only;
            }
        }
    }
    return verdict;
}

KnownHostKeys find_known_host(std::string_view known_hosts_text, std::string_view host, std::uint16_t port) {
    const std::string plain = to_lower(host);
    const std::string with_port = port == 22 ? plain : fmt::format("[{}]:{}", plain, port);
    KnownHostKeys exact;
    KnownHostKeys without_port;
    for (const std::string& text : split(known_hosts_text, '\n')) {
        const auto line = read_line(text);
        if (!line) continue;
        if (matches(with_port, line->names)) {
            exact.entries.push_back(line->entry);
        } else if (port != 22 && matches(plain, line->names)) {
            without_port.entries.push_back(line->entry);
        }
    }
    // As ssh(1): a line without the port speaks for a port only when no line names that port. A revocation always
    // counts.
    const bool named = std::any_of(exact.entries.begin(), exact.entries.end(),
                                   [](const KnownHostKeys::Entry& entry) { return !entry.revoked; });
    for (KnownHostKeys::Entry& entry : without_port.entries) {
        if (entry.revoked || !named) exact.entries.push_back(std::move(entry));
    }
    return exact;
}

}  // namespace umsadm
