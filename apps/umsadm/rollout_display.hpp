#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "deployment.hpp"
#include "output.hpp"

namespace umsadm::app {

// What is seen of a rollout while it goes on. On a terminal each gateway that is worked on has a line with its step and
// how long that takes, and a last line tells how far all is; in a log each step is a line of its own. For several
// threads.
class RolloutDisplay {
public:
    using SteadyClock = std::chrono::steady_clock;

    RolloutDisplay(Output& out, std::vector<std::string> gateways);
    ~RolloutDisplay() { m_out.status({}); }
    RolloutDisplay(const RolloutDisplay&) = delete;
    RolloutDisplay& operator=(const RolloutDisplay&) = delete;

    void begin(std::size_t gateway);
    void step(std::size_t gateway, std::string_view doing);
    void line(std::size_t gateway, std::string_view text);
    void end(std::size_t gateway, const Deployment& deployment);
    // Nothing new is started any more.
    void stopped(std::string_view reason) { m_out.note(fmt::format("nothing new is started: {}", reason)); }
    // Time has passed.
    void tick();

private:
    struct Row {
        std::string gateway;
        std::string doing;
        SteadyClock::time_point since;
        bool running = false;
    };

    void show();  // with m_guard locked
    std::string total(SteadyClock::time_point now) const;

    Output& m_out;
    std::vector<Row> m_rows;
    std::size_t m_widest = 0;  // name of a gateway
    std::size_t m_ended = 0;
    std::size_t m_failed = 0;
    SteadyClock::time_point m_started = SteadyClock::now();
    std::mutex m_guard;
};

// "48 s", "3 min 20 s", "1 h 5 min"
std::string duration_in_words(std::chrono::seconds duration);

}  // namespace umsadm::app
