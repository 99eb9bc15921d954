using System.Text.Json;

namespace Inference.Server.Validation;

/// <summary>The checked fields tools, tool_choice and parallel_tool_calls.</summary>
/// <param name="Mode">Whether tools are called.</param>
/// <param name="Tools">The definitions that the model is told of; null for none.</param>
/// <param name="Name">The tool to call, where it is a certain one.</param>
/// <param name="IsParallel">Whether several may be called.</param>
internal sealed record ToolSettings(ToolMode Mode, JsonElement? Tools, string? Name, bool IsParallel)
{
    /// <summary>Whether the answer must call a tool.</summary>
    public bool IsForced => Mode is ToolMode.Required or ToolMode.Named;
}
