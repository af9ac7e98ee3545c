package org.hourgate.conformance;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.hourgate.infrastructure.json.Json;

/** Reports for programs: JSON, or XML as JUnit's, which every build server shows. */
public final class ReportFile {

  private ReportFile() {}

  /** A report as JSON. */
  private record Document(
      boolean conforming,
      long passed,
      long failed,
      long warnings,
      long skipped,
      List<Row> scenarios) {}

  private record Row(
      String name,
      String requirement,
      String outcome,
      String text,
      String title,
      String because,
      double seconds) {}

  /**
   * Writes a report.
   *
   * @param file ends in {@code .json} or {@code .xml}
   */
  public static void write(Report report, Path file) throws IOException {
    if (file.toString().endsWith(".xml")) {
      writeXml(report, file);
    } else {
      Files.writeString(file, json(report));
    }
  }

  private static String json(Report report) {
    return Json.writePretty(
        new Document(
            report.isConforming(),
            report.passed(),
            report.failed(),
            report.warnings(),
            report.skipped(),
            report.results().stream().map(ReportFile::row).toList()));
  }

  private static Row row(Result result) {
    Scenario scenario = result.scenario();
    return new Row(
        scenario.name(),
        scenario.requirement().toString(),
        word(result),
        text(result.outcome()),
        scenario.title(),
        scenario.because(),
        seconds(result));
  }

  private static String word(Result result) {
    return switch (result.outcome()) {
      case Outcome.Passed _ -> "passed";
      case Outcome.Failed _ -> result.isFailed() ? "failed" : "warning";
      case Outcome.Skipped _ -> "skipped";
    };
  }

  private static String text(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Passed(String note) -> note;
      case Outcome.Failed(String reason) -> reason;
      case Outcome.Skipped(String reason) -> reason;
    };
  }

  private static double seconds(Result result) {
    return result.took().toMillis() / 1e3;
  }

  private static void writeXml(Report report, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument();
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "conformance");
      xml.writeAttribute("tests", Integer.toString(report.results().size()));
      xml.writeAttribute("failures", Long.toString(report.failed()));
      xml.writeAttribute("skipped", Long.toString(report.skipped()));
      for (Result result : report.results()) {
        writeCase(xml, result);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException("cannot write " + file, e);
    }
  }

  private static void writeCase(XMLStreamWriter xml, Result result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "conformance." + result.scenario().requirement());
    xml.writeAttribute("name", result.scenario().name());
    xml.writeAttribute("time", Double.toString(seconds(result)));
    String text = visible(text(result.outcome()));
    switch (word(result)) {
      case "failed" -> {
        xml.writeStartElement("failure");
        xml.writeAttribute("message", text);
        xml.writeCharacters(result.scenario().title() + "\n" + result.scenario().because());
        xml.writeEndElement();
      }
      case "skipped" -> {
        xml.writeEmptyElement("skipped");
        xml.writeAttribute("message", text);
      }
      default -> {
        xml.writeStartElement("system-out");
        xml.writeCharacters(text);
        xml.writeEndElement();
      }
    }
    xml.writeEndElement();
  }

  /** XML has no place for most control characters. */
  private static String visible(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]", "?");
  }
}
