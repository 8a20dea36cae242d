#include "umsadm/registry/audit_chain.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/digest.hpp"

#include "lib/registry/audit_lines.hpp"
#include "lib/registry/record_file.hpp"

namespace umsadm {
namespace {

struct Link {
    std::string previous;  // what the line says of the one before; empty: it says nothing
    std::string digest;    // of the line itself
};

std::string previous_of(const std::string& line) {
    try {
        const nlohmann::json json = parse_json(line);
        RecordReader reader(json);
        return reader.text("previous");
    } catch (const Error&) {
        return {};
    }
}

// The links with the lines that they name. Lines count from 1; line 0 is what the first line follows.
class Chain {
public:
    explicit Chain(std::vector<Link> links) : m_links(std::move(links)) {
        std::unordered_map<std::string_view, std::size_t> lines{{k_audit_begin, 0}};
        for (std::size_t i = 0; i < m_links.size(); ++i) lines.emplace(m_links[i].digest, i + 1);
        m_follows.resize(size() + 1);
        m_followers.resize(size() + 1);
        for (std::size_t line = 1; line <= size(); ++line) {
            const std::string& previous = m_links[line - 1].previous;
            // Of two lines that are the same the one just before is meant.
            if (previous == (line == 1 ? k_audit_begin : std::string_view(m_links[line - 2].digest))) {
                m_follows[line] = line - 1;
            } else if (const auto found = lines.find(previous); found != lines.end()) {
                m_follows[line] = found->second;
            }
            if (m_follows[line]) m_followers[*m_follows[line]].push_back(line);
        }
    }

    std::size_t size() const noexcept { return m_links.size(); }
    const Link& link(std::size_t line) const { return m_links.at(line - 1); }
    // The line that this one was written after, where it is in the log.
    std::optional<std::size_t> follows(std::size_t line) const { return m_follows.at(line); }
    bool is_linked(std::size_t line) const { return follows(line) == line - 1; }

    std::optional<std::size_t> line_of(std::string_view digest) const {
        if (digest == k_audit_begin) return 0;
        const auto found =
            std::find_if(m_links.begin(), m_links.end(), [&](const Link& link) { return link.digest == digest; });
        if (found == m_links.end()) return std::nullopt;
        return static_cast<std::size_t>(found - m_links.begin()) + 1;
    }

    // Whether the lines first..last are a foreign body: the log goes on behind them as if they were not there, and
    // they are not what was written later.
    bool is_inserted(std::size_t first, std::size_t last) const {
        for (std::size_t line = first; line <= last; ++line) {
            if (follows(line) > last) return false;
            for (const std::size_t follower : m_followers[line]) {
                if (follower < first || follower > last) return false;
            }
        }
        return true;
    }

private:
    std::vector<Link> m_links;
    std::vector<std::optional<std::size_t>> m_follows;  // by line
    std::vector<std::vector<std::size_t>> m_followers;  // the other way round
};

std::string lines_text(std::size_t first, std::size_t last) {
    return first == last ? fmt::format("line {} was", first) : fmt::format("lines {} to {} were", first, last);
}

// Which lines are a foreign body, told at the line that shows it.
std::vector<bool> find_inserted(const Chain& chain, Findings& findings) {
    std::vector<bool> inserted(chain.size() + 1, false);
    for (std::size_t line = 1; line <= chain.size(); ++line) {
        const auto before = chain.follows(line);
        if (!before || *before + 1 >= line || !chain.is_inserted(*before + 1, line - 1)) continue;
        std::fill(inserted.begin() + static_cast<std::ptrdiff_t>(*before + 1),
                  inserted.begin() + static_cast<std::ptrdiff_t>(line), true);
        inserted[line] = false;
        findings.push_back(
            {Severity::error, "audit-inserted",
             fmt::format("{} inserted: line {} was written {}", lines_text(*before + 1, line - 1), line,
                         *before == 0 ? "as the first one" : fmt::format("right after line {}", *before))});
    }
    return inserted;
}

Finding broken_link(const Chain& chain, std::size_t line) {
    if (const auto before = chain.follows(line)) {
        return {Severity::error, "audit-reordered",
                *before == 0 ? fmt::format("line {} was written as the first one", line)
                             : fmt::format("line {} was written right after line {}", line, *before)};
    }
    if (line == 1) {
        return {Severity::error, "audit-changed", "line 1 was changed, or lines before it are missing"};
    }
    return {Severity::error, "audit-changed",
            fmt::format("line {} does not follow line {}: line {} was changed, or lines between them are missing", line,
                        line - 1, line - 1)};
}

Findings broken_links(const Chain& chain) {
    Findings findings;
    const std::vector<bool> inserted = find_inserted(chain, findings);
    for (std::size_t line = 1; line <= chain.size(); ++line) {
        // What shows lines before it as inserted is in order itself.
        if (inserted[line] || chain.is_linked(line) || (line > 1 && inserted[line - 1] && chain.follows(line)))
            continue;
        if (chain.link(line).previous.empty()) {
            findings.push_back(
                {Severity::error, "audit-unreadable", fmt::format("line {} is no line of an audit log", line)});
        } else {
            findings.push_back(broken_link(chain, line));
        }
    }
    return findings;
}

Finding not_there(const std::string& digest) {
    return {
        Severity::error, "audit-end-missing",
        fmt::format("no line has the digest {}: the end of the log was changed or cut off after it was noted, or all "
                    "of it was written anew",
                    digest)};
}

}  // namespace

AuditChain verify_audit(const Site& site, const std::optional<std::string>& expected) {
    std::vector<Link> links;
    const bool torn = read_audit_lines(site.audit_log(), [&](std::size_t, const std::string& line) {
        links.push_back({previous_of(line), sha256_hex(as_bytes(line + '\n'))});
    });
    const Chain chain(std::move(links));
    AuditChain result;
    result.lines = chain.size();
    result.last_digest = chain.size() == 0 ? std::string(k_audit_begin) : chain.link(chain.size()).digest;
    result.findings = broken_links(chain);
    if (chain.size() == 0) {
        result.findings.push_back(
            {Severity::error, "audit-empty", "the audit log holds no line, not even of \"init\""});
    }
    if (expected) {
        const std::string wanted = to_lower(*expected);
        result.expected_line = chain.line_of(wanted);
        if (!result.expected_line) result.findings.push_back(not_there(wanted));
    }
    if (torn) {
        result.findings.push_back(
            {Severity::warning, "audit-torn-line",
             fmt::format("line {} has no line break: a crash cut it off, or it is being written", chain.size() + 1)});
    }
    return result;
}

}  // namespace umsadm
