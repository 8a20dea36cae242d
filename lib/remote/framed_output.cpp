#include "lib/remote/framed_output.hpp"

#include <algorithm>
#include <charconv>

#include "umsadm/base/error.hpp"

namespace umsadm::remote {
namespace {

constexpr std::size_t k_longest_status = 16;

}  // namespace

void FramedOutput::keep(std::size_t size) {
    const std::size_t room = m_limit - m_kept.size();
    m_overflowed = m_overflowed || size > room;
    const auto end = m_pending.begin() + static_cast<std::ptrdiff_t>(size);
    m_kept.insert(m_kept.end(), m_pending.begin(),
                  std::min(end, m_pending.begin() + static_cast<std::ptrdiff_t>(room)));
    m_pending.erase(m_pending.begin(), end);
}

void FramedOutput::advance() {
    if (m_status) return;
    if (!m_at_status) {
        const auto found = as_text(m_pending).find(m_token);
        if (found == std::string_view::npos) {
            // The last bytes may be the start of the token.
            if (m_pending.size() >= m_token.size()) keep(m_pending.size() - (m_token.size() - 1));
            return;
        }
        keep(found);
        m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(m_token.size()));
        m_at_status = true;
    }
    const std::string_view line = as_text(m_pending);
    const auto end = line.find('\n');
    if (end == std::string_view::npos && line.size() <= k_longest_status) return;
    int status = 0;
    const auto [at, error] = std::from_chars(line.data(), line.data() + std::min(end, line.size()), status);
    if (error != std::errc{} || end == std::string_view::npos || at != line.data() + end) {
        throw Error(Code::unreachable, "the root shell answered something that it never says");
    }
    m_status = status;
    m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(end + 1));
}

}  // namespace umsadm::remote
