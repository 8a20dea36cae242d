#include "umsadm/base/unique_fd.hpp"

#include <unistd.h>

namespace umsadm {

void UniqueFd::reset() noexcept {
    if (m_fd >= 0) {
        ::close(m_fd);
        m_fd = -1;
    }
}

}  // namespace umsadm
