#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"

#include "json.hpp"
#include "table.hpp"

namespace umsadm::app {

enum class ColorMode { automatic, always, never };

struct OutputOptions {
    bool json = false;
    bool machine_readable = false;
    std::string separator = ";";
    bool header = true;
    bool quiet = false;
    bool verbose = false;
    ColorMode color = ColorMode::automatic;
};

// A label and what belongs to it, as detail views show them.
struct Detail {
    std::string label;
    Cell value;
};

// Where a part of a run speaks that goes on beside others: what it says has to be told apart, and its results are part
// of a greater one.
struct OutputPart {
    std::function<void(std::string_view)> line;  // what would be a line on standard output or standard error
    std::function<void(std::string_view)> step;  // what it does from now on
};

// Everything that the program says. Results go to standard output, all else to standard error.
//
// A command gives its result in every form: result() for --json, and text(), table() or details() for the others, which
// are silent with --json. What is no result is said with note(), verbose() or warning(): also from several threads at
// once, while nobody gives a result.
class Output {
public:
    explicit Output(OutputOptions options);
    // Says the same in the same situations, but all of it to `part`.
    Output(const Output& whole, OutputPart part);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    const OutputOptions& options() const noexcept { return m_options; }
    bool json() const noexcept { return m_options.json; }
    // Whether text() is seen by anybody.
    bool for_people() const noexcept { return !m_options.json && !m_options.machine_readable && !m_options.quiet; }

    // The "result" of the JSON document; the last one counts.
    void result(Json value);
    bool has_result() const noexcept { return m_result != nullptr; }

    void text(std::string_view line = {});  // a line for people only
    void table(const Table& table);         // aligned for people, or rows for machines
    void details(const std::vector<Detail>& details);
    void findings(const Findings& findings);  // one a line
    // Once in a run, that "umsadm explain" knows more about the first error among them. findings() does it too.
    void hint_at_explain(const Findings& findings);
    void raw(ByteView bytes);              // what "-o -" wrote: not silenced by anything
    void raw_text(std::string_view text);  // help and version

    void note(std::string_view line);     // progress, reminders; "\n" begins a new line
    void step(std::string_view doing);    // a job does this from now on
    void warning(std::string_view line);  // "umsadm: warning: ..."
    void verbose(std::string_view line);  // with --verbose only
    void error(const Error& error);       // message, frames and hint; never silenced

    // Whether status() is seen by anybody: standard error is a terminal that can do it.
    bool shows_status() const noexcept { return m_shows_status; }
    // Lines that stay below everything that is said, until others take their place; none: they go.
    void status(std::vector<std::string> lines);

    // Writes the JSON document of the run: the result, or the error when there is no result.
    void document(std::string_view command, const Error* error);
    // Throws Code::failed when not everything could be written to standard output.
    void flush();

private:
    void write_error_line(std::string_view line);
    void write_output(std::string_view text);
    // Both are called with m_error_line locked.
    void erase_status();
    void draw_status();

    OutputOptions m_options;
    bool m_color_out = false;
    bool m_color_err = false;
    bool m_one_terminal = false;
    bool m_shows_status = false;
    bool m_hinted_at_explain = false;
    OutputPart m_part;
    std::unique_ptr<Json> m_result;
    std::string m_buffer;
    std::mutex m_error_line;
    std::vector<std::string> m_status;
    std::size_t m_drawn = 0;  // lines of it that are on the terminal
};

// {"severity", "code", "text"} of each.
Json findings_json(const Findings& findings);
// {"code", "message", "hint", "while"}
Json error_json(const Error& error);

}  // namespace umsadm::app
