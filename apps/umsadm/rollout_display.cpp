#include "rollout_display.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

using std::chrono::seconds;

seconds since(RolloutDisplay::SteadyClock::time_point start, RolloutDisplay::SteadyClock::time_point now) {
    return std::chrono::duration_cast<seconds>(now - start);
}

bool is_failure(const Deployment& deployment) {
    return deployment.outcome.error.has_value() && deployment.outcome.result != RunOutcome::not_started;
}

}  // namespace

std::string duration_in_words(seconds duration) {
    const auto count = duration.count();
    if (count < 60) return fmt::format("{} s", count);
    if (count < 3600) return fmt::format("{} min {} s", count / 60, count % 60);
    return fmt::format("{} h {} min", count / 3600, count / 60 % 60);
}

RolloutDisplay::RolloutDisplay(Output& out, std::vector<std::string> gateways) : m_out(out) {
    for (std::string& gateway : gateways) {
        m_widest = std::max(m_widest, gateway.size());
        m_rows.push_back({std::move(gateway), {}, {}, false});
    }
}

void RolloutDisplay::begin(std::size_t gateway) {
    const std::lock_guard lock(m_guard);
    Row& row = m_rows[gateway];
    row.doing = "connecting and looking";
    row.since = SteadyClock::now();
    row.running = true;
    show();
}

void RolloutDisplay::step(std::size_t gateway, std::string_view doing) {
    const std::lock_guard lock(m_guard);
    Row& row = m_rows[gateway];
    row.doing = doing;
    row.since = SteadyClock::now();
    if (!m_out.shows_status()) m_out.note(fmt::format("{}: {}", row.gateway, doing));
    show();
}

void RolloutDisplay::line(std::size_t gateway, std::string_view text) {
    m_out.note(fmt::format("{}: {}", m_rows[gateway].gateway, trim(text)));
}

void RolloutDisplay::end(std::size_t gateway, const Deployment& deployment) {
    const std::lock_guard lock(m_guard);
    m_rows[gateway].running = false;
    ++m_ended;
    if (is_failure(deployment)) ++m_failed;
    // One that was not started failed with another one, which has said why.
    const bool started = deployment.outcome.result != RunOutcome::not_started;
    if (deployment.outcome.error && started) m_out.error(*deployment.outcome.error);
    m_out.note(fmt::format("{} ({}, {} of {})", headline(deployment),
                           duration_in_words(std::chrono::duration_cast<seconds>(deployment.took)), m_ended,
                           m_rows.size()));
    show();
}

void RolloutDisplay::tick() {
    const std::lock_guard lock(m_guard);
    show();
}

void RolloutDisplay::show() {
    if (!m_out.shows_status()) return;
    const auto now = SteadyClock::now();
    std::vector<std::string> lines;
    for (const Row& row : m_rows) {
        if (!row.running) continue;
        lines.push_back(
            fmt::format("  {:{}}  {}  {}", row.gateway, m_widest, duration_in_words(since(row.since, now)), row.doing));
    }
    lines.push_back(total(now));
    m_out.status(std::move(lines));
}

std::string RolloutDisplay::total(SteadyClock::time_point now) const {
    const seconds so_far = since(m_started, now);
    std::string text = fmt::format("  {} of {} gateways done", m_ended, m_rows.size());
    if (m_failed > 0) text += fmt::format(", {} failed", m_failed);
    text += fmt::format(", {} so far", duration_in_words(so_far));
    if (m_ended > 0 && m_ended < m_rows.size()) {
        const auto left = static_cast<long>(m_rows.size() - m_ended) * so_far.count() / static_cast<long>(m_ended);
        text += fmt::format(", about {} left", duration_in_words(seconds(left)));
    }
    return text;
}

}  // namespace umsadm::app
