#include "open_run.hpp"

#include <chrono>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {

std::string describe(const Context& context, const OpenRun& run, const std::function<FileLock(const Deadline&)>& lock) {
    const std::string which = fmt::format("a run of {} {}, started {} by {},", run.kind, in_quotes(run.name),
                                          format_utc(run.started), printable(run.user));
    try {
        const FileLock free = lock(Deadline::in(std::chrono::seconds(0), &context.cancellation));
    } catch (const Error& error) {
        if (error.code() == Code::busy) return which + " is under way";
        throw;
    }
    return fmt::format("{} was cut off; {} settles it first", which, run.settled_by);
}

}  // namespace umsadm::app
