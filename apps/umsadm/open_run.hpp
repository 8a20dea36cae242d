#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/file_lock.hpp"
#include "umsadm/base/time.hpp"

#include "context.hpp"

namespace umsadm::app {

// A run that has no end in the journal.
struct OpenRun {
    std::string_view kind;  // "gateway" or "server"
    std::string name;
    UtcTime started;
    std::string user;
    std::string_view settled_by;  // "the next update": what settles it when it was cut off
};

// Says whether it was cut off or is under way. `lock` takes the lock that a run holds; it throws Code::busy when
// somebody has it.
std::string describe(const Context& context, const OpenRun& run, const std::function<FileLock(const Deadline&)>& lock);

}  // namespace umsadm::app
