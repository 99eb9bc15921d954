using System.Text.Json;
using Inference.Testing;

namespace Inference.FunctionalTests.OpenApi;

/// <summary>The schemas of OpenAI's specification that the server's answers must follow (tests/data/openai).</summary>
internal static class OpenAiSchemas
{
    private static readonly SchemaValidator Validator = new(JsonElement.Parse(
        File.ReadAllBytes(Path.Combine(RepositoryFiles.Root, "tests", "data", "openai", "schemas.json"))));

    /// <summary>Fails, naming what is wrong, unless the value is valid.</summary>
    public static void AssertValid(string schema, JsonElement value)
    {
        var violations = Validator.Violations(schema, value);
        Assert.True(violations.Count == 0, $"{schema}: {string.Join("; ", violations)}\n{value.GetRawText()}");
    }
}
